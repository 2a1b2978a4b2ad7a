-- Whether a role is an account's, or falls back to it.
select 1 from settings where books_id = ? and name like 'accounts.%' and (value = ? or default_value = ?) limit 1
