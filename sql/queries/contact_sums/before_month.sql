select coalesce(sum(s.debit - s.credit), 0) from contact_sums s
where s.books_id = ? and s.contact_id = ? and s.month < ? and s.account_id in (/*list*/ ?)
