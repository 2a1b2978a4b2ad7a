-- The same, asked of one transaction.
select l.transaction_id as id from transaction_lines l force index (primary)
where l.books_id = ? and l.account_id in (/*list*/ ?)
