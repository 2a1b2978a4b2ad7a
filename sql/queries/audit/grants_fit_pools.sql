-- Pools that were given something else than the rows of credit_grants say.
select p.root_organization_id, p.root_organization_id, p.livemode from credit_pools p
left join credit_grants g on g.root_organization_id = p.root_organization_id and g.livemode = p.livemode
group by p.root_organization_id, p.livemode, p.granted having p.granted <> coalesce(sum(g.credits), 0) limit 100
