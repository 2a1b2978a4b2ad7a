-- The same up to and with a day: whole months before its month, then days of its month.
select a.id, a.code, a.name, a.type, sum(s.base_debit), sum(s.base_credit)
from (
    select books_id, account_id, base_debit, base_credit from account_sums
    where books_id = ? and level = 1 and period < ?
    union all
    select books_id, account_id, base_debit, base_credit from account_sums
    where books_id = ? and level = 2 and period >= ? and period <= ?
) s join accounts a on a.books_id = s.books_id and a.id = s.account_id
group by a.id, a.code, a.name, a.type order by a.code, a.id
