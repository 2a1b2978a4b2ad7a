-- The lock date of some books, held against a change of it.
select o.books_closed_through from books b join organizations o on o.id = b.organization_id
where b.books_id = ? lock in share mode
