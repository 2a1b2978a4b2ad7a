-- What came on some accounts from a day on, up to and with one transaction of another, in reading order.
select coalesce(sum(l.amount), 0)
from transactions t force index (transactions_of_contact)
    join transaction_lines l on l.books_id = t.books_id and l.transaction_id = t.id
where t.books_id = ? and t.contact_id = ? and t.posting_date >= ? and t.posting_date <= ?
    and (t.posting_date < ? or t.id <= ?) and t.posted_at is not null and l.account_id in (/*list*/ ?)
