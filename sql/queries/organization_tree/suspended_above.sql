-- The nearest organization above that is suspended itself.
select above.id from organization_ancestors x join organizations above on above.id = x.ancestor_id
where x.organization_id = ? and x.distance > 0 and above.suspended_at is not null order by x.distance limit 1
