-- A contact's posted transactions behind one of them, each with its effect on some accounts. Read in the order of an
-- index, so that a page costs what it shows.
select t.id, t.type, t.status, t.posting_date, t.transaction_date, t.description, t.reference_number,
    (select concat(sum(greatest(l.amount, 0)), ' ', sum(greatest(-l.amount, 0))) from transaction_lines l
        where l.books_id = t.books_id and l.transaction_id = t.id and l.account_id in (/*list*/ ?)) as sums
from transactions t force index (transactions_of_contact)
where t.books_id = ? and t.contact_id = ? and t.posting_date >= ? and t.posting_date <= ?
    and (t.posting_date > ? or t.id > ?) and t.posted_at is not null
having sums is not null order by t.posting_date, t.id limit ?
