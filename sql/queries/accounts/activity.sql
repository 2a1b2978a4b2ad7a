-- An account's posted transactions, one row each, with their effect on it.
select l.transaction_id, l.posting_date, t.transaction_date, t.description, t.reference_number, t.status,
    l.debit, l.credit, t.created_at
/*from*/ from (select books_id, transaction_id, posting_date, sum(greatest(amount, 0)) as debit,
        sum(greatest(-amount, 0)) as credit
    from transaction_lines where books_id = ? and account_id = ? and posted_at is not null
    group by books_id, posting_date, transaction_id) l
join transactions t on t.books_id = l.books_id and t.id = l.transaction_id where 1 = 1
