select c.id, c.contact_type, c.name, c.email, c.phone, c.website, c.tax_number, c.reference, c.address, c.city, c.state,
    c.zip_code, c.country, c.currency_code, c.enabled, c.metadata, c.created_at, c.updated_at
from contacts c where c.books_id = ? and c.id = ?
