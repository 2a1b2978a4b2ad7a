select books_id, id, fence, attempts from jobs where status = 'processing' and lease_expires_at < ?
order by lease_expires_at limit 100 for update skip locked
