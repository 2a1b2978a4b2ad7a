-- All-time sums of some accounts.
select a.id, a.currency_code, coalesce(sum(s.debit), 0), coalesce(sum(s.credit), 0),
    cast(coalesce(sum(s.line_count), 0) as signed)
from accounts a left join account_sums s on s.books_id = a.books_id and s.level = 0 and s.period = '1000-01-01'
    and s.account_id = a.id
where a.books_id = ? and a.id in (/*list*/ ?) group by a.id, a.currency_code order by a.id
