-- Facts for posting, held against changes of the accounts and against a closing but not against other postings.
select a.id, a.name, a.is_active, a.currency_code, b.closed_through
from accounts a join books b on b.books_id = a.books_id
where a.books_id = ? and a.id in (/*list*/ ?) order by a.id lock in share mode
