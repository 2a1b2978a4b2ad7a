-- Books are suspended with their organization and with each one above it.
update books b join organization_ancestors below on below.organization_id = b.organization_id
set b.is_suspended = exists (
    select 1 from organization_ancestors x join organizations above on above.id = x.ancestor_id
    where x.organization_id = b.organization_id and above.suspended_at is not null)
where below.ancestor_id = ?
