-- Sums up to and with a day: whole months before its month, then days of its month.
select coalesce(sum(debit), 0), coalesce(sum(credit), 0),
    cast(coalesce(sum(line_count), 0) as signed)
from (
    select debit, credit, line_count from account_sums
    where books_id = ? and account_id = ? and level = 1 and period < ?
    union all
    select debit, credit, line_count from account_sums
    where books_id = ? and account_id = ? and level = 2 and period >= ? and period <= ?
) sums
