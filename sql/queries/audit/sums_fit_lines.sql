-- Accounts and days whose kept sums differ from a replay of the posted lines.
select books_id, account_id, level from (
    select s.books_id, s.account_id, s.level, s.period, s.debit, s.credit, s.base_debit, s.base_credit, s.line_count
    from account_sums s
    union all
    select l.books_id, l.account_id, 2, l.posting_date, -greatest(l.amount, 0), -greatest(-l.amount, 0),
        -greatest(l.base_amount, 0), -greatest(-l.base_amount, 0), -1
    from transaction_lines l where l.posted_at is not null
    union all
    select l.books_id, l.account_id, 1, l.posting_date - interval (dayofmonth(l.posting_date) - 1) day,
        -greatest(l.amount, 0), -greatest(-l.amount, 0), -greatest(l.base_amount, 0), -greatest(-l.base_amount, 0), -1
    from transaction_lines l where l.posted_at is not null
    union all
    select l.books_id, l.account_id, 0, date '1000-01-01', -greatest(l.amount, 0), -greatest(-l.amount, 0),
        -greatest(l.base_amount, 0), -greatest(-l.base_amount, 0), -1
    from transaction_lines l where l.posted_at is not null
) both_sides
group by books_id, account_id, level, period
having sum(debit) <> 0 or sum(credit) <> 0 or sum(base_debit) <> 0 or sum(base_credit) <> 0 or sum(line_count) <> 0
limit 100
