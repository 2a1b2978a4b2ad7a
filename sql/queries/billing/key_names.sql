-- Names of keys that belong to an organization or to one below it.
select k.id, k.name from api_keys k
join organization_ancestors a on a.organization_id = k.organization_id and a.ancestor_id = ? and a.distance <= ?
where k.id in (/*list*/ ?)
