-- So that a cache that was away learns of them.
select id from organizations where suspended_at > ?
