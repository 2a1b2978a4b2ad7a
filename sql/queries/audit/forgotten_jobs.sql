-- Jobs that should have been taken or ended long ago.
select j.books_id, j.id, j.attempts from jobs j
where (j.status = 'queued' and j.run_at < ?) or (j.status = 'processing' and j.lease_expires_at < ?) limit 100
