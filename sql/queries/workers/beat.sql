insert into workers (id, started_at, heartbeat_at) values (?, ?, ?)
on duplicate key update heartbeat_at = values(heartbeat_at)
