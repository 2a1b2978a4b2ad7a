-- What was known at a moment: reads the account's lines, since sums keep no history.
select coalesce(sum(greatest(amount, 0)), 0), coalesce(sum(greatest(-amount, 0)), 0), count(*)
from transaction_lines where books_id = ? and account_id = ? and posting_date <= ? and posted_at <= ?
