-- Which books have jobs that nobody has taken for a while. A suspended organization's wait until it is resumed.
select distinct j.books_id from jobs j join books b on b.books_id = j.books_id
where j.status = 'queued' and j.run_at <= ? and b.is_suspended = 0 limit 1000
