-- Pools whose granted credits are not what is left plus what events say was charged.
select b.root_id, b.livemode, cast(b.granted - b.remaining - b.charged as signed) from (
    select p.root_organization_id as root_id, p.livemode, p.granted,
        (select coalesce(sum(s.remaining), 0) from credit_slots s
            where s.root_organization_id = p.root_organization_id and s.livemode = p.livemode) as remaining,
        (select coalesce(sum(e.credits), 0) from events e join books k on k.books_id = e.books_id
            join organizations o on o.id = k.organization_id
            where o.root_id = p.root_organization_id and k.livemode = p.livemode) as charged
    from credit_pools p
) b where b.granted <> b.remaining + b.charged limit 100
