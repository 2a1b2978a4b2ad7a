-- Holds the pool's settings and what it was given; charges go on.
select p.granted from credit_pools p where p.root_organization_id = ? and p.livemode = ? for update
