-- What was known at a moment: reads the account's lines, since sums keep no history.
select cast(coalesce(sum(greatest(amount, 0)), 0) as signed), cast(coalesce(sum(greatest(-amount, 0)), 0) as signed), count(*)
from transaction_lines where books_id = ? and account_id = ? and posting_date <= ? and posted_at <= ?
