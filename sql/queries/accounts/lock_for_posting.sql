-- Facts for posting, held against changes of the accounts but not against other postings.
select a.id, a.name, a.is_active, a.currency_code, o.books_closed_through
from accounts a join books b on b.books_id = a.books_id join organizations o on o.id = b.organization_id
where a.books_id = ? and a.id in (/*list*/ ?) order by a.id lock in share mode
