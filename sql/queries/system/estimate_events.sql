-- The exact number would read the whole table.
select coalesce(sum(table_rows), 0) from information_schema.tables where table_schema = database() and table_name = 'events'
