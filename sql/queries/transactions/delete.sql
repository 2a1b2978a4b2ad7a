delete from transactions where books_id = ? and id = ? and status = 'pending'
