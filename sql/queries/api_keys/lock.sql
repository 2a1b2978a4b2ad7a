select id from api_keys where organization_id = ? and id = ? for update
