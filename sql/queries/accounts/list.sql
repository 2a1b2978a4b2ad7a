-- Accounts of one set of books with all-time sums: the base of list and get.
select a.id, a.name, a.code, a.type, a.subtype, a.currency_code, a.description, a.is_active, a.parent_id,
    a.is_system, a.metadata, a.version, a.created_at, a.updated_at,
    (select concat(coalesce(sum(s.debit), 0), ' ', coalesce(sum(s.credit), 0)) from account_sums s
        where s.books_id = a.books_id and s.level = 0 and s.period = '1000-01-01' and s.account_id = a.id) as sums
/*from*/ from accounts a /*index*/ where a.books_id = ?
