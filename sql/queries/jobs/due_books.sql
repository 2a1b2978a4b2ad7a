-- Which books have jobs that nobody has taken for a while.
select distinct books_id from jobs where status = 'queued' and run_at <= ? limit 1000
