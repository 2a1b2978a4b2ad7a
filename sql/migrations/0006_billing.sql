-- Billing: what a pool was given and why, what it was charged for, and purchases of more.
--
-- is_low tells that the pool is below its threshold and that this was told.
alter table credit_pools
    add column is_low                tinyint      not null default 0,
    add column low_balance_threshold bigint       null,
    add column billing_email         varchar(255) not null default '',
    add column auto_recharge_enabled tinyint      not null default 0,
    add column auto_recharge_package varchar(64)  not null default '',
    add column updated_at            datetime(6)  null,
    add constraint credit_pools_threshold check (low_balance_threshold > 0),
    add constraint credit_pools_recharge check (auto_recharge_enabled = 0
        or (auto_recharge_package <> '' and low_balance_threshold is not null))

-- statement
create table credit_purchases (
    root_organization_id binary(16)   not null,
    id                   binary(16)   not null,
    livemode             tinyint      not null,
    package_id           varchar(64)  not null,
    credits              bigint       not null,
    price                bigint       not null,
    currency_code        varchar(8)   not null,
    provider             varchar(32)  not null,
    instructions         varchar(500) not null,
    status               varchar(16)  not null,
    is_automatic         tinyint      not null,
    created_by           binary(16)   null,
    decided_by           binary(16)   null,
    decided_at           datetime(6)  null,
    created_at           datetime(6)  not null,
    updated_at           datetime(6)  not null,
    primary key (root_organization_id, id),
    key credit_purchases_by_status (root_organization_id, status, id),
    constraint credit_purchases_pool_exists foreign key (root_organization_id, livemode)
        references credit_pools (root_organization_id, livemode),
    constraint credit_purchases_status check (status in ('pending', 'completed', 'cancelled')),
    constraint credit_purchases_decided check ((status = 'pending') = (decided_at is null)),
    constraint credit_purchases_figures check (credits > 0 and price > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- All that a pool was ever given; the sum is credit_pools.granted. A purchase
-- is here once, whoever confirms it, and however often.
create table credit_grants (
    root_organization_id binary(16)   not null,
    id                   binary(16)   not null,
    livemode             tinyint      not null,
    kind                 varchar(16)  not null,
    credits              bigint       not null,
    reason               varchar(500) not null,
    purchase_id          binary(16)   null,
    created_by           binary(16)   null,
    created_at           datetime(6)  not null,
    primary key (root_organization_id, id),
    unique key credit_grants_purchase_once (root_organization_id, purchase_id),
    constraint credit_grants_pool_exists foreign key (root_organization_id, livemode)
        references credit_pools (root_organization_id, livemode),
    constraint credit_grants_purchase_exists foreign key (root_organization_id, purchase_id)
        references credit_purchases (root_organization_id, id),
    constraint credit_grants_kind check (kind in ('initial', 'grant', 'purchase')),
    constraint credit_grants_purchase check ((kind = 'purchase') = (purchase_id is not null)),
    constraint credit_grants_credits check (credits > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Pools that are there already began with what they were given. The ids are
-- the organization's; those of the test pools differ in the last bit.
insert into credit_grants (root_organization_id, id, livemode, kind, credits, reason, purchase_id, created_by, created_at)
select p.root_organization_id,
    case p.livemode when 1 then p.root_organization_id
        else concat(left(p.root_organization_id, 15), char(ascii(right(p.root_organization_id, 1)) ^ 1)) end,
    p.livemode, 'initial', p.granted, '', null, null, o.created_at
from credit_pools p join organizations o on o.id = p.root_organization_id where p.granted > 0

-- statement
create trigger credit_grants_keep before update on credit_grants for each row
begin
    signal sqlstate '45000' set message_text = 'what a pool was given does not change';
end

-- statement
create trigger credit_grants_keep_rows before delete on credit_grants for each row
begin
    signal sqlstate '45000' set message_text = 'what a pool was given is not deleted';
end

-- statement
-- Sums of charges by day (UTC), operation and key. Events are added to them in
-- the commit that numbers them, so that nobody who is charged waits for a sum;
-- those without a number yet are added when they are asked for. An api_key_id of
-- zeros stands for none.
create table credit_usage (
    books_id     int unsigned not null,
    day          date         not null,
    operation    varchar(64)  not null,
    api_key_id   binary(16)   not null,
    credits      bigint       not null,
    charge_count bigint       not null,
    primary key (books_id, day, operation, api_key_id),
    constraint credit_usage_books_exist foreign key (books_id) references books (books_id),
    constraint credit_usage_positive check (credits > 0 and charge_count > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Up to which number the events' credits are in credit_usage.
alter table event_sequences
    add column summed_sequence bigint not null default 0,
    add constraint event_sequences_summed_sequence check (summed_sequence between 0 and last_sequence)

-- statement
update event_sequences set summed_sequence = last_sequence

-- statement
insert into credit_usage (books_id, day, operation, api_key_id, credits, charge_count)
select e.books_id, date(e.created_at), e.operation, coalesce(e.api_key_id, x'00000000000000000000000000000000'),
    sum(e.credits), count(*)
from event_sequences s join events e on e.books_id = s.books_id and e.sequence between 1 and s.summed_sequence
where e.credits > 0 group by 1, 2, 3, 4
