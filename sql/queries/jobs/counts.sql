select status, count(*) from jobs where status in ('queued', 'processing') group by status
