-- What a request needs to know of the organization in its path.
select o.id, o.root_id, o.base_currency, c.decimal_places, o.timezone, o.version, live.is_suspended,
    o.require_draft_approval, live.books_id, test.books_id
from organizations o join currencies c on c.books_id = 0 and c.code = o.base_currency
join books live on live.organization_id = o.id and live.livemode = 1
join books test on test.organization_id = o.id and test.livemode = 0
where o.id = ?
