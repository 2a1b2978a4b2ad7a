-- Whoever is above an organization is no longer above it, nor above anything below it.
delete x from organization_ancestors x
join organization_ancestors below on below.organization_id = x.organization_id and below.ancestor_id = ?
left join organization_ancestors inside on inside.organization_id = x.ancestor_id and inside.ancestor_id = ?
where inside.organization_id is null
