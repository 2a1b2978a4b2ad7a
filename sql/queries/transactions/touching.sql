-- A membership of lists: which transactions have a line of these accounts.
select distinct l.transaction_id as id from transaction_lines l where l.books_id = ? and l.account_id in (/*list*/ ?)
