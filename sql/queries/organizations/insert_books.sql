insert into books (organization_id, livemode, is_suspended) values (?, ?, exists (
    select 1 from organization_ancestors x join organizations above on above.id = x.ancestor_id
    where x.organization_id = ? and above.suspended_at is not null))
