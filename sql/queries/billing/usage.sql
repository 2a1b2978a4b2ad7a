-- Charges of an organization and those below it, by day, operation or key: what is summed, and the events that have
-- no number yet and are therefore in no sum. One statement, so one moment.
select case ? when 'day' then date_format(c.day, '%Y-%m-%d') when 'operation' then c.operation
        else lower(hex(c.api_key_id)) end as grouped,
    cast(sum(c.credits) as signed), cast(sum(c.charge_count) as signed)
from (
    select u.day, u.operation, u.api_key_id, u.credits, u.charge_count
    from organization_ancestors a
    join books b on b.organization_id = a.organization_id and b.livemode = ?
    join credit_usage u on u.books_id = b.books_id
    where a.ancestor_id = ? and a.distance <= ? and u.day >= ? and u.day <= ?
    union all
    select date(e.created_at), e.operation, coalesce(e.api_key_id, x'00000000000000000000000000000000'), e.credits, 1
    from organization_ancestors a
    join books b on b.organization_id = a.organization_id and b.livemode = ?
    join events e force index (events_by_sequence) on e.books_id = b.books_id and e.sequence = 0
    where a.ancestor_id = ? and a.distance <= ? and e.credits > 0 and date(e.created_at) >= ? and date(e.created_at) <= ?
) c group by grouped order by grouped
