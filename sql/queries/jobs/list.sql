-- Without results: a list of jobs is not a list of what they made.
select j.id, j.operation, j.status, j.request_id, j.resource_object, j.resource_id, j.reply_status, j.result, j.error,
    j.progress_done, j.progress_total, j.attempts, j.created_at, j.started_at, j.finished_at
/*from*/ from jobs j /*index*/ where j.books_id = ?
