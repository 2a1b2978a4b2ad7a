-- Everything but what a draft was made as.
update drafts set path_parameters = ?, payload = ?, status = ?, validation = ?, reason = ?, resource_object = ?,
    resource_id = ?, result = ?, job_id = ?, decided_by = ?, decided_at = ?, updated_at = ?
where books_id = ? and id = ?
