select c.id, c.name, c.description, c.category_type, c.color, c.is_active, c.parent_id, c.account_id, c.created_at, c.updated_at
from categories c where c.books_id = ? and c.id = ?
