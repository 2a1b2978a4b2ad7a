select d.id, d.operation, d.path_parameters, d.payload, d.status, d.validation, d.reason, d.resource_object, d.resource_id,
    d.result, d.job_id, d.created_by, d.decided_by, d.decided_at, d.created_at, d.updated_at
/*from*/ from drafts d /*index*/ where d.books_id = ?
