-- A contact's all-time sums on each account.
select s.account_id, a.type, a.subtype, a.currency_code, sum(s.debit), sum(s.credit)
from contact_sums s join accounts a on a.books_id = s.books_id and a.id = s.account_id
where s.books_id = ? and s.contact_id = ?
group by s.account_id, a.type, a.subtype, a.currency_code order by s.account_id
