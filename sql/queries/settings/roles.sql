-- Which accounts play which roles.
select name, value from settings where books_id = ? and name like 'accounts.%'
