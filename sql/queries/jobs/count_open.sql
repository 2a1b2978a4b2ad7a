-- At most one more than the limit: enough to say that it is reached.
select count(*) from (
    select 1 from jobs where books_id = ? and status in ('queued', 'processing') limit 1001
) open_jobs
