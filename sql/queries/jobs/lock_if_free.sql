select id from jobs where books_id = ? and id = ? for update skip locked
