-- The charges of events that have just been given these numbers.
select date(e.created_at) as day, e.operation, coalesce(e.api_key_id, x'00000000000000000000000000000000') as payer,
    cast(sum(e.credits) as signed), count(*)
from events e where e.books_id = ? and e.sequence > ? and e.sequence <= ? and e.credits > 0 group by day, e.operation, payer
