select e.id, e.sequence, e.entity_type, e.entity_id, e.event_type, e.api_key_id, e.ip_address, e.user_agent, e.request_id,
    e.metadata, e.created_at
/*from*/ from events e /*index*/ where e.books_id = ?
