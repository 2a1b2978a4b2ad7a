insert into events (books_id, id, organization_id, entity_type, entity_id, event_type, operation, credits, api_key_id,
    ip_address, user_agent, request_id, metadata, created_at)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
