insert into job_results (books_id, job_id, position, item_count, failed_count, made_count, content)
values (?, ?, ?, ?, ?, ?, ?)
