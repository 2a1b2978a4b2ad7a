select i.id, i.name, i.description, i.sku, i.item_type, i.price, i.currency_code, i.category_id, i.is_active, i.created_at,
    i.updated_at
from items i where i.books_id = ? and i.id = ?
