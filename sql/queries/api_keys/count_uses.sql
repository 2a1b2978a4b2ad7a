insert into api_key_uses (api_key_id, month, request_count) select id, ?, ? from api_keys where id = ?
on duplicate key update request_count = request_count + values(request_count)
