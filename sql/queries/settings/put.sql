-- A default is written with the books, and never after.
insert into settings (books_id, name, value, default_value, updated_at) values /*rows*/ (?, ?, ?, ?, ?)
on duplicate key update value = values(value), updated_at = values(updated_at)
