select cast(coalesce(sum(failed_count), 0) as signed), cast(coalesce(sum(made_count), 0) as signed) from job_results
where books_id = ? and job_id = ?
