insert into jobs (books_id, id, operation, status, request_id, resource_object, resource_id, request, progress_total,
    run_at, created_at)
values (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)
