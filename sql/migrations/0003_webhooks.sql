-- The feed of events and the webhooks that deliver it.
--
-- sequence is 0 until the worker gives the event its number, after the commit.
-- A column of a fixed size is numbered in place, at half the cost of one that
-- was null before. The index says which events of a set of books have no number
-- yet, oldest first, and gives the feed its order. It is not unique, since 0 is
-- any number of times: the row of event_sequences is locked while numbers are
-- given, and an audit looks for what is doubled or missing.
alter table events drop key events_sequence

-- statement
update events set sequence = 0 where sequence is null

-- statement
alter table events
    modify sequence bigint not null default 0,
    add key events_by_sequence (books_id, sequence, id),
    add key events_by_entity (books_id, entity_id, id),
    add constraint events_sequence check (sequence >= 0)

-- statement
-- The last number given. Whoever gives numbers holds the row.
create table event_sequences (
    books_id      int unsigned not null,
    last_sequence bigint       not null,
    primary key (books_id),
    constraint event_sequences_books_exist foreign key (books_id) references books (books_id),
    constraint event_sequences_last_sequence check (last_sequence >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Secrets are sealed under the installation's key. A webhook that was deleted
-- keeps its row, without them, until its deliveries are dropped.
create table webhooks (
    books_id                   int unsigned   not null,
    id                         binary(16)     not null,
    url                        varchar(2000)  not null,
    description                varchar(1000)  not null,
    event_types                mediumtext     not null,
    status                     varchar(8)     not null,
    disabled_reason            varchar(32)    not null default '',
    disabled_at                datetime(6)    null,
    sealed_secret              varbinary(255) not null,
    sealed_previous_secret     varbinary(255) not null default '',
    previous_secret_expires_at datetime(6)    null,
    created_at                 datetime(6)    not null,
    updated_at                 datetime(6)    not null,
    primary key (books_id, id),
    key webhooks_by_status (books_id, status),
    key webhooks_deleted (status, updated_at),
    constraint webhooks_books_exist foreign key (books_id) references books (books_id),
    constraint webhooks_status check (status in ('active', 'disabled', 'deleted')),
    constraint webhooks_disabled check ((status = 'disabled') = (disabled_at is not null))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- One row for each event that a webhook is to hear of, written in the commit
-- that numbers the event. due_at: when the next attempt is due while pending,
-- and when the row may be dropped once it has ended. attempts counts those
-- begun, retries those that failed since the delivery was last asked for.
create table webhook_deliveries (
    books_id        int unsigned not null,
    id              binary(16)   not null,
    webhook_id      binary(16)   not null,
    event_id        binary(16)   not null,
    event_type      varchar(64)  not null,
    status          varchar(16)  not null,
    attempts        int          not null default 0,
    retries         int          not null default 0,
    response_status smallint     null,
    error           varchar(255) not null default '',
    due_at          datetime(6)  not null,
    last_attempt_at datetime(6)  null,
    delivered_at    datetime(6)  null,
    created_at      datetime(6)  not null,
    updated_at      datetime(6)  not null,
    primary key (books_id, id),
    unique key webhook_deliveries_event (books_id, webhook_id, event_id),
    key webhook_deliveries_of_webhook (books_id, webhook_id, id),
    key webhook_deliveries_due (status, books_id, webhook_id, due_at),
    constraint webhook_deliveries_webhook_exists foreign key (books_id, webhook_id)
        references webhooks (books_id, id),
    constraint webhook_deliveries_status check (status in ('pending', 'delivered', 'failed', 'cancelled')),
    constraint webhook_deliveries_delivered check ((status = 'delivered') = (delivered_at is not null)),
    constraint webhook_deliveries_attempts check (attempts >= 0 and retries >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
