select t.id, t.name, t.description, t.rate, t.tax_type, t.is_active, t.is_compound, t.is_inclusive, t.account_id, t.created_at,
    t.updated_at
from taxes t where t.books_id = ? and t.id = ? for update
