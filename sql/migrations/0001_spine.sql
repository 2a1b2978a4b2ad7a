-- The spine of the schema. Statements are separated by a line "-- statement".
-- Tenancy is books_id: an organization has one set of books for live keys and
-- one for test keys. Amounts are minor units; debits are positive.

create table organizations (
    id                     binary(16)   not null,
    parent_id              binary(16)   null,
    root_id                binary(16)   not null,
    name                   varchar(255) not null collate utf8mb4_unicode_ci,
    domain                 varchar(255) not null,
    tax_number             varchar(64)  not null,
    address                varchar(500) not null,
    city                   varchar(255) not null,
    state                  varchar(255) not null,
    zip_code               varchar(32)  not null,
    country                varchar(2)   not null,
    timezone               varchar(64)  not null,
    fiscal_year_start      tinyint      not null,
    base_currency          varchar(8)   not null,
    relationship_type      varchar(16)  not null,
    books_closed_through   date         null,
    require_draft_approval tinyint      not null default 0,
    chart                  varchar(64)  not null,
    suspended_at           datetime(6)  null,
    metadata               mediumtext   not null,
    version                bigint       not null default 1,
    created_at             datetime(6)  not null,
    updated_at             datetime(6)  not null,
    primary key (id),
    key organizations_parent (parent_id),
    key organizations_name (name, id),
    constraint organizations_parent_exists foreign key (parent_id) references organizations (id),
    constraint organizations_root_exists foreign key (root_id) references organizations (id),
    constraint organizations_fiscal_year_start check (fiscal_year_start between 1 and 12),
    constraint organizations_relationship check (relationship_type in ('', 'owned', 'linked')),
    constraint organizations_name_given check (length(name) > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Every (ancestor, descendant) pair, each organization also with itself, so
-- that "this one and all below it" is one index range.
create table organization_ancestors (
    ancestor_id     binary(16) not null,
    organization_id binary(16) not null,
    distance        int        not null,
    primary key (ancestor_id, organization_id),
    key organization_ancestors_up (organization_id, distance),
    constraint organization_ancestors_ancestor foreign key (ancestor_id) references organizations (id),
    constraint organization_ancestors_organization foreign key (organization_id) references organizations (id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create table books (
    books_id        int unsigned not null auto_increment,
    organization_id binary(16)   not null,
    livemode        tinyint      not null,
    primary key (books_id),
    unique key books_of_organization (organization_id, livemode),
    constraint books_organization_exists foreign key (organization_id) references organizations (id),
    constraint books_livemode check (livemode in (0, 1))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- organization_id is null for the installation's operator keys only.
create table api_keys (
    id                    binary(16)   not null,
    organization_id       binary(16)   null,
    mode                  varchar(8)   not null,
    name                  varchar(255) not null collate utf8mb4_unicode_ci,
    description           varchar(1000) not null,
    secret_hash           binary(32)   not null,
    key_preview           varchar(32)  not null,
    permissions           text         not null,
    status                varchar(8)   not null,
    include_children      tinyint      not null,
    allowed_ips           text         not null,
    require_signature     tinyint      not null default 0,
    rate_limit_per_minute int          not null,
    expires_at            datetime(6)  null,
    last_used_at          datetime(6)  null,
    created_by            binary(16)   null,
    version               bigint       not null default 1,
    created_at            datetime(6)  not null,
    updated_at            datetime(6)  not null,
    primary key (id),
    unique key api_keys_secret (secret_hash),
    key api_keys_of_organization (organization_id, id),
    key api_keys_by_status (status, updated_at),
    constraint api_keys_organization_exists foreign key (organization_id) references organizations (id),
    constraint api_keys_mode check (mode in ('live', 'test', 'operator')),
    constraint api_keys_status check (status in ('active', 'revoked')),
    constraint api_keys_operator check ((mode = 'operator') = (organization_id is null)),
    constraint api_keys_rate_limit check (rate_limit_per_minute between 1 and 10000000)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create table api_key_uses (
    api_key_id    binary(16) not null,
    month         date       not null,
    request_count bigint     not null,
    primary key (api_key_id, month),
    constraint api_key_uses_key_exists foreign key (api_key_id) references api_keys (id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- books_id 0 holds what is shipped (ISO 4217); other rows are an
-- organization's own.
create table currencies (
    books_id       int unsigned not null,
    code           varchar(8)   not null,
    name           varchar(128) not null collate utf8mb4_unicode_ci,
    symbol         varchar(16)  not null,
    decimal_places tinyint      not null,
    symbol_first   tinyint      not null,
    is_active      tinyint      not null,
    created_at     datetime(6)  not null,
    updated_at     datetime(6)  not null,
    primary key (books_id, code),
    key currencies_name (books_id, name, code),
    constraint currencies_decimal_places check (decimal_places between 0 and 8)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- code '' means none; unique_code is what must be unique.
create table accounts (
    books_id      int unsigned  not null,
    id            binary(16)    not null,
    name          varchar(255)  not null collate utf8mb4_unicode_ci,
    code          varchar(32)   not null,
    unique_code   varchar(32)   generated always as (nullif(code, '')) stored,
    type          varchar(16)   not null,
    subtype       varchar(64)   not null,
    currency_code varchar(8)    not null,
    description   varchar(1000) not null,
    is_active     tinyint       not null,
    parent_id     binary(16)    null,
    is_system     tinyint       not null,
    metadata      mediumtext    not null,
    version       bigint        not null default 1,
    created_at    datetime(6)   not null,
    updated_at    datetime(6)   not null,
    primary key (books_id, id),
    unique key accounts_code (books_id, unique_code),
    key accounts_by_code (books_id, code, id),
    key accounts_by_name (books_id, name, id),
    key accounts_by_type (books_id, type, id),
    key accounts_by_parent (books_id, parent_id, id),
    constraint accounts_books_exist foreign key (books_id) references books (books_id),
    constraint accounts_parent_exists foreign key (books_id, parent_id) references accounts (books_id, id),
    constraint accounts_type check (type in ('asset', 'liability', 'equity', 'revenue', 'expense')),
    constraint accounts_name_given check (length(name) > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create table settings (
    books_id   int unsigned not null,
    name       varchar(64)  not null,
    value      mediumtext   not null,
    updated_at datetime(6)  not null,
    primary key (books_id, name),
    constraint settings_books_exist foreign key (books_id) references books (books_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create table transactions (
    books_id         int unsigned  not null,
    id               binary(16)    not null,
    type             varchar(16)   not null,
    status           varchar(16)   not null,
    reference_number varchar(100)  not null,
    description      varchar(1000) not null,
    transaction_date date          not null,
    posting_date     date          not null,
    currency_code    varchar(8)    not null,
    total_debits     bigint        not null,
    total_credits    bigint        not null,
    entry_count      smallint      not null,
    account_id       binary(16)    null,
    contact_id       binary(16)    null,
    category_id      binary(16)    null,
    document_id      varchar(40)   null,
    document_type    varchar(32)   null,
    payment_method   varchar(64)   not null,
    reconciled       tinyint       not null default 0,
    reverses_id      binary(16)    null,
    reversed_by_id   binary(16)    null,
    created_by       binary(16)    not null,
    metadata         mediumtext    not null,
    posted_at        datetime(6)   null,
    version          bigint        not null default 1,
    created_at       datetime(6)   not null,
    updated_at       datetime(6)   not null,
    primary key (books_id, id),
    unique key transactions_reversed_once (books_id, reverses_id),
    key transactions_by_transaction_date (books_id, transaction_date, id),
    key transactions_by_posting_date (books_id, posting_date, id),
    key transactions_by_reference_number (books_id, reference_number, id),
    constraint transactions_books_exist foreign key (books_id) references books (books_id),
    constraint transactions_type check (type in ('journal', 'income', 'expense', 'transfer')),
    constraint transactions_status check (status in ('pending', 'posted', 'reversed')),
    constraint transactions_balance check (total_debits = total_credits and total_debits > 0),
    constraint transactions_entry_count check (entry_count >= 2),
    constraint transactions_posted_at check ((status = 'pending') = (posted_at is null))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- posted_at is null while the transaction is pending; a posted line stays as
-- it is for ever. amount is in currency_code, base_amount in the
-- organization's base currency; both are signed.
create table transaction_lines (
    books_id       int unsigned   not null,
    transaction_id binary(16)     not null,
    position       smallint       not null,
    account_id     binary(16)     not null,
    posting_date   date           not null,
    amount         bigint         not null,
    currency_code  varchar(8)     not null,
    base_amount    bigint         not null,
    exchange_rate  bigint         not null,
    description    varchar(500)   not null,
    reference      varchar(100)   not null,
    posted_at      datetime(6)    null,
    primary key (books_id, transaction_id, position),
    key transaction_lines_by_account (books_id, account_id, posting_date, transaction_id, position),
    constraint transaction_lines_transaction_exists foreign key (books_id, transaction_id)
        references transactions (books_id, id),
    constraint transaction_lines_account_exists foreign key (books_id, account_id)
        references accounts (books_id, id),
    constraint transaction_lines_amount check (amount <> 0 and exchange_rate > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Sums of posted lines, kept on write: level 0 all time, 1 a month, 2 a day.
-- Writers of one account that run at the same moment take different slots, so
-- that none waits for another's commit; a reader adds the slots up.
create table account_sums (
    books_id    int unsigned not null,
    level       tinyint      not null,
    period      date         not null,
    account_id  binary(16)   not null,
    slot        smallint     not null,
    debit       decimal(38)  not null,
    credit      decimal(38)  not null,
    base_debit  decimal(38)  not null,
    base_credit decimal(38)  not null,
    line_count  bigint       not null,
    primary key (books_id, level, period, account_id, slot),
    key account_sums_by_account (books_id, account_id, level, period),
    constraint account_sums_level check (level in (0, 1, 2)),
    constraint account_sums_positive check (debit >= 0 and credit >= 0 and base_debit >= 0
        and base_credit >= 0 and line_count > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- What happened, written in the commit of what it tells. sequence is given
-- after the commit, so that no writer waits for another's number.
create table events (
    books_id        int unsigned  not null,
    id              binary(16)    not null,
    organization_id binary(16)    not null,
    sequence        bigint        null,
    entity_type     varchar(32)   not null,
    entity_id       varchar(40)   not null,
    event_type      varchar(64)   not null,
    operation       varchar(64)   not null,
    credits         int           not null,
    api_key_id      binary(16)    null,
    ip_address      varchar(45)   not null,
    user_agent      varchar(255)  not null,
    request_id      varchar(64)   not null,
    metadata        mediumtext    not null,
    created_at      datetime(6)   not null,
    primary key (books_id, id),
    unique key events_sequence (books_id, sequence),
    constraint events_credits check (credits >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- The row is the job; the Redis list only says that there is one.
create table jobs (
    books_id         int unsigned not null,
    id               binary(16)   not null,
    operation        varchar(64)  not null,
    status           varchar(16)  not null,
    request_id       varchar(64)  not null,
    resource_object  varchar(32)  not null,
    resource_id      varchar(40)  not null,
    request          mediumtext   not null,
    reply_status     smallint     null,
    result           mediumtext   null,
    error            mediumtext   null,
    progress_done    int          not null default 0,
    progress_total   int          not null default 1,
    attempts         int          not null default 0,
    fence            bigint       not null default 0,
    lease_expires_at datetime(6)  null,
    run_at           datetime(6)  not null,
    created_at       datetime(6)  not null,
    started_at       datetime(6)  null,
    finished_at      datetime(6)  null,
    primary key (books_id, id),
    key jobs_by_status (books_id, status, id),
    key jobs_due (status, run_at),
    key jobs_leased (status, lease_expires_at),
    constraint jobs_books_exist foreign key (books_id) references books (books_id),
    constraint jobs_status check (status in ('queued', 'processing', 'completed', 'failed', 'cancelled')),
    constraint jobs_finished check ((status in ('completed', 'failed', 'cancelled')) = (finished_at is not null)),
    constraint jobs_leased_while_processing check ((status = 'processing') = (lease_expires_at is not null))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Results of a job that commits in groups, one row a group.
create table job_results (
    books_id  int unsigned not null,
    job_id    binary(16)   not null,
    position  int          not null,
    item_count int         not null,
    failed_count int       not null,
    made_count int         not null,
    content   mediumtext   not null,
    primary key (books_id, job_id, position),
    constraint job_results_job_exists foreign key (books_id, job_id) references jobs (books_id, id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- scope_id is the organization, or the operator's key where there is none.
-- reply_status is null only inside the session that makes the reply.
create table idempotency_keys (
    scope_id        binary(16)     not null,
    livemode        tinyint        not null,
    idempotency_key varbinary(255) not null,
    request_hash    binary(32)     not null,
    reply_status    smallint       null,
    reply_headers   text           null,
    reply_body      mediumtext     null,
    job_id          binary(16)     null,
    expires_at      datetime(6)    not null,
    primary key (scope_id, livemode, idempotency_key),
    key idempotency_keys_expiry (expires_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- What a root organization was given in all.
create table credit_pools (
    root_organization_id binary(16) not null,
    livemode             tinyint    not null,
    granted              bigint     not null,
    primary key (root_organization_id, livemode),
    constraint credit_pools_organization_exists foreign key (root_organization_id) references organizations (id),
    constraint credit_pools_granted check (granted >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- What is left of it, in slots, so that charges of one moment do not wait for
-- each other. The pool's remaining credits are the slots' sum.
create table credit_slots (
    root_organization_id binary(16) not null,
    livemode             tinyint    not null,
    slot                 smallint   not null,
    remaining            bigint     not null,
    primary key (root_organization_id, livemode, slot),
    constraint credit_slots_pool_exists foreign key (root_organization_id, livemode)
        references credit_pools (root_organization_id, livemode),
    constraint credit_slots_remaining check (remaining >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create table workers (
    id           varchar(100) not null,
    started_at   datetime(6)  not null,
    heartbeat_at datetime(6)  not null,
    primary key (id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create trigger transactions_keep_posted before update on transactions for each row
begin
    if old.status <> 'pending' and not (
        new.books_id = old.books_id and new.id = old.id and new.type = old.type
        and (new.status = old.status or (old.status = 'posted' and new.status = 'reversed'))
        and new.reference_number = old.reference_number and new.description = old.description
        and new.transaction_date = old.transaction_date and new.posting_date = old.posting_date
        and new.currency_code = old.currency_code and new.total_debits = old.total_debits
        and new.total_credits = old.total_credits and new.entry_count = old.entry_count
        and new.account_id <=> old.account_id and new.contact_id <=> old.contact_id
        and new.category_id <=> old.category_id and new.document_id <=> old.document_id
        and new.document_type <=> old.document_type and new.payment_method = old.payment_method
        and new.reverses_id <=> old.reverses_id
        and (new.reversed_by_id <=> old.reversed_by_id or old.reversed_by_id is null)
        and new.created_by = old.created_by and new.metadata = old.metadata
        and new.posted_at <=> old.posted_at and new.created_at = old.created_at
    ) then
        signal sqlstate '45000' set message_text = 'a posted transaction does not change';
    end if;
end

-- statement
create trigger transactions_keep_posted_rows before delete on transactions for each row
begin
    if old.status <> 'pending' then
        signal sqlstate '45000' set message_text = 'a posted transaction is not deleted';
    end if;
end

-- statement
create trigger transaction_lines_keep_posted before update on transaction_lines for each row
begin
    if old.posted_at is not null then
        signal sqlstate '45000' set message_text = 'a posted line does not change';
    end if;
end

-- statement
create trigger transaction_lines_keep_posted_rows before delete on transaction_lines for each row
begin
    if old.posted_at is not null then
        signal sqlstate '45000' set message_text = 'a posted line is not deleted';
    end if;
end
