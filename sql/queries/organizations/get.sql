select o.id, o.parent_id, o.root_id, o.name, o.domain, o.tax_number, o.address, o.city, o.state, o.zip_code, o.country,
    o.timezone, o.fiscal_year_start, o.base_currency, c.name, c.symbol, c.decimal_places, o.relationship_type,
    o.books_closed_through, o.require_draft_approval, o.chart, o.suspended_at, o.suspension_reason, o.metadata,
    o.version, o.created_at, o.updated_at
from organizations o join currencies c on c.books_id = 0 and c.code = o.base_currency where o.id = ?
