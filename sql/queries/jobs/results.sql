select content from job_results where books_id = ? and job_id = ? order by position
