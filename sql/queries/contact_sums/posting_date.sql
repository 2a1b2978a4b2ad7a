-- The day of a transaction of a contact.
select t.posting_date from transactions t where t.books_id = ? and t.id = ? and t.contact_id = ? and t.posted_at is not null
