-- An account's posted transactions, one row each, with their effect on it. A transaction that names the account
-- several times is told by the first of these lines; so a page reads as many index entries as it has rows.
select l.transaction_id, l.posting_date, t.transaction_date, t.description, t.reference_number, t.status,
    (select concat(sum(greatest(e.amount, 0)), ' ', sum(greatest(-e.amount, 0))) from transaction_lines e
        where e.books_id = l.books_id and e.transaction_id = l.transaction_id and e.account_id = l.account_id) as sums,
    t.created_at
/*from*/ from transaction_lines l /*index*/ straight_join transactions t
    on t.books_id = l.books_id and t.id = l.transaction_id
where l.books_id = ? and l.account_id = ? and l.posted_at is not null
    and not exists (select 1 from transaction_lines p where p.books_id = l.books_id
        and p.transaction_id = l.transaction_id and p.account_id = l.account_id and p.position < l.position)
