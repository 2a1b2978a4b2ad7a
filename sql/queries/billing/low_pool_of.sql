-- The payer's books, if the pool that these books draw on has fallen below its threshold and nobody has told.
select r.books_id from books b
join organizations o on o.id = b.organization_id
join credit_pools p on p.root_organization_id = o.root_id and p.livemode = b.livemode
join books r on r.organization_id = o.root_id and r.livemode = b.livemode
where b.books_id = ? and p.is_low = 0 and p.low_balance_threshold is not null and p.low_balance_threshold >
    (select coalesce(sum(s.remaining), 0) from credit_slots s
        where s.root_organization_id = p.root_organization_id and s.livemode = p.livemode)
