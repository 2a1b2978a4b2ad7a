select count(*) from workers where heartbeat_at > ?
