-- Contacts whose kept sums differ from a replay of the posted lines of transactions that name them.
select books_id, contact_id, account_id from (
    select s.books_id, s.contact_id, s.month, s.account_id, s.debit, s.credit, s.line_count from contact_sums s
    union all
    select t.books_id, t.contact_id, t.posting_date - interval (dayofmonth(t.posting_date) - 1) day, l.account_id,
        -greatest(l.amount, 0), -greatest(-l.amount, 0), -1
    from transactions t join transaction_lines l on l.books_id = t.books_id and l.transaction_id = t.id
    where t.contact_id is not null and t.posted_at is not null
) both_sides
group by books_id, contact_id, month, account_id
having sum(debit) <> 0 or sum(credit) <> 0 or sum(line_count) <> 0
limit 100
