insert into organization_ancestors (ancestor_id, organization_id, distance) values (?, ?, 0)
