-- The lines of some transactions, in the order in which they were entered.
select transaction_id, account_id, amount, currency_code, base_amount, exchange_rate, description, reference
from transaction_lines where books_id = ? and transaction_id in (/*list*/ ?) order by transaction_id, position
