delete from workers where id = ? or heartbeat_at < ?
