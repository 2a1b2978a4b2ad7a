-- What caches read of them before is out of date from now on.
update organizations o join organization_ancestors x on x.organization_id = o.id
set o.version = o.version + 1 where x.ancestor_id = ?
