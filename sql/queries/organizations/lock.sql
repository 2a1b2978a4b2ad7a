select id from organizations where id = ? for update
