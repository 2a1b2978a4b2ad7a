insert into api_key_uses (api_key_id, month, request_count) values (?, ?, ?)
on duplicate key update request_count = request_count + values(request_count)
