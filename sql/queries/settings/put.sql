insert into settings (books_id, name, value, updated_at) values /*rows*/ (?, ?, ?, ?)
on duplicate key update value = values(value), updated_at = values(updated_at)
