-- The same, held against other postings too: a balance decides.
select a.id, a.name, a.is_active, a.currency_code
from accounts a where a.books_id = ? and a.id in (/*list*/ ?) order by a.id for update
