-- Settings that hold for test mode too stand in the live books.
select s.value from books b join settings s on s.books_id = b.books_id
where b.organization_id = ? and b.livemode = 1 and s.name = ?
