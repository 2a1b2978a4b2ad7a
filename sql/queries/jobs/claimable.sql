-- By that index always: the primary key would read every finished job and its request.
-- What a worker may take next of one set of books; rows that another worker is taking are passed over.
select j.id, j.operation, j.request, j.resource_id, j.request_id, j.attempts, j.fence, j.progress_done from jobs j force index (jobs_by_status)
where j.books_id = ? and j.status = 'queued' and j.run_at <= ? order by j.created_at, j.id limit 100 for update skip locked
