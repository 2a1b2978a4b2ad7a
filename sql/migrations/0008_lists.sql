-- Lists are answered from indexes, however long they are.
--
-- A list is sorted by created_at unless it is asked otherwise. So the index of each filter goes on with created_at and
-- the id: the rows of one value are read in the order of the list, from any place on, and the page costs as many entries
-- as it has rows. The first columns stand for those of the old indexes, which are dropped. All of these indexes grow at a
-- few places only, since time goes on: an entry costs an insert of many rows little.
--
-- The indexes of the three dates hold the other two: a wide range of one in the order of another, which no order of an
-- index answers, is read from the index alone.
alter table transactions
    drop key transactions_by_reference_number,
    drop key transactions_by_transaction_date,
    drop key transactions_by_posting_date,
    add key transactions_by_created_at (books_id, created_at, id, transaction_date, posting_date),
    add key transactions_by_transaction_date (books_id, transaction_date, id, created_at, posting_date),
    add key transactions_by_posting_date (books_id, posting_date, id, created_at, transaction_date),
    add key transactions_by_status (books_id, status, created_at, id),
    add key transactions_by_type (books_id, type, created_at, id),
    add key transactions_by_reference_number (books_id, reference_number, created_at, id),
    add key transactions_by_currency (books_id, currency_code, created_at, id)

-- statement
-- An entity's history is a filter of the feed too, and as often asked for as the rest together.
alter table events
    drop key events_by_entity,
    add key events_by_created_at (books_id, created_at, id),
    add key events_by_entity (books_id, entity_id, created_at, id),
    add key events_by_entity_type (books_id, entity_type, created_at, id),
    add key events_by_event_type (books_id, event_type, created_at, id),
    add key events_by_api_key (books_id, api_key_id, created_at, id),
    add key events_by_request (books_id, request_id, created_at, id)

-- statement
alter table accounts
    drop key accounts_by_type,
    drop key accounts_by_parent,
    add key accounts_by_created_at (books_id, created_at, id),
    add key accounts_by_type (books_id, type, created_at, id),
    add key accounts_by_subtype (books_id, subtype, created_at, id),
    add key accounts_by_parent (books_id, parent_id, created_at, id),
    add key accounts_by_currency (books_id, currency_code, created_at, id),
    add key accounts_by_activity (books_id, is_active, created_at, id)

-- statement
-- A worker takes a set of books' jobs in the order of jobs_by_status as well.
alter table jobs
    drop key jobs_by_status,
    add key jobs_by_created_at (books_id, created_at, id),
    add key jobs_by_status (books_id, status, created_at, id),
    add key jobs_by_operation (books_id, operation, created_at, id)

-- statement
alter table drafts
    drop key drafts_by_status,
    drop key drafts_by_operation,
    add key drafts_by_created_at (books_id, created_at, id),
    add key drafts_by_status (books_id, status, created_at, id),
    add key drafts_by_operation (books_id, operation, created_at, id)

-- statement
-- One event's delivery is found by the unique key of webhook and event.
alter table webhook_deliveries
    drop key webhook_deliveries_of_webhook,
    add key webhook_deliveries_by_created_at (books_id, webhook_id, created_at, id),
    add key webhook_deliveries_by_status (books_id, webhook_id, status, created_at, id),
    add key webhook_deliveries_by_event_type (books_id, webhook_id, event_type, created_at, id)

-- statement
-- The words of each resource that `q` searches, parted and framed by blanks, as shared/domain/words.h makes them: what one
-- resource is asked for while a list is walked. A resource without words has no row.
create table search_texts (
    books_id  int unsigned not null,
    object    varchar(32)  not null,
    entity_id binary(16)   not null,
    words     text         not null,
    primary key (books_id, object, entity_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- The same words the other way round: which resources have a word that begins so. A row is found again by the words in
-- search_texts, so it needs no second index.
create table search_words (
    books_id  int unsigned not null,
    object    varchar(32)  not null,
    word      varchar(32)  not null,
    entity_id binary(16)   not null,
    primary key (books_id, object, word, entity_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Which resources have a name with a value in their metadata. pair is the beginning of a digest of both, since they are
-- longer than an index takes. Most resources have no metadata, and no row here.
create table metadata_values (
    books_id  int unsigned not null,
    object    varchar(32)  not null,
    pair      binary(16)   not null,
    entity_id binary(16)   not null,
    primary key (books_id, object, pair, entity_id),
    key metadata_values_of_entity (books_id, object, entity_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- How far `crane-admin migrate` has come with the words of what was there before; finished when books_id is the greatest
-- that there can be.
create table search_progress (
    object    varchar(32)  not null,
    books_id  int unsigned not null,
    entity_id binary(16)   not null,
    primary key (object)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
insert into search_progress (object, books_id, entity_id) values
    ('account', 0, x'00000000000000000000000000000000'),
    ('transaction', 0, x'00000000000000000000000000000000')
