insert into books (organization_id, livemode) values (?, ?)
