insert into drafts (books_id, id, operation, path_parameters, payload, status, validation, reason, resource_object,
    resource_id, created_by, created_at, updated_at)
values (?, ?, ?, ?, ?, 'open', ?, '', '', '', ?, ?, ?)
