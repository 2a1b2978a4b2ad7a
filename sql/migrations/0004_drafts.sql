-- Drafts of operations, and what the settings of roles fall back to.

-- An operation that waits for approval. path_parameters and payload are as they
-- were sent; validation tells what it would be refused with. result is what it
-- answered; a job has its own.
create table drafts (
    books_id        int unsigned  not null,
    id              binary(16)    not null,
    operation       varchar(64)   not null,
    path_parameters text          not null,
    payload         mediumtext    not null,
    status          varchar(16)   not null,
    validation      mediumtext    not null,
    reason          varchar(1000) not null,
    resource_object varchar(32)   not null,
    resource_id     varchar(64)   not null,
    result          mediumtext    null,
    job_id          binary(16)    null,
    created_by      binary(16)    not null,
    decided_by      binary(16)    null,
    decided_at      datetime(6)   null,
    created_at      datetime(6)   not null,
    updated_at      datetime(6)   not null,
    primary key (books_id, id),
    key drafts_by_status (books_id, status, id),
    key drafts_by_operation (books_id, operation, id),
    constraint drafts_books_exist foreign key (books_id) references books (books_id),
    constraint drafts_job_exists foreign key (books_id, job_id) references jobs (books_id, id),
    constraint drafts_status check (status in ('open', 'approved', 'rejected')),
    constraint drafts_decided check ((status = 'open') = (decided_at is null)
        and (status = 'open') = (decided_by is null)),
    constraint drafts_outcome check (status = 'approved' or (result is null and job_id is null))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- The account that the starting chart gave a role: null for any other setting.
alter table settings add column default_value varchar(64) null after value

-- statement
update settings set default_value = value where name like 'accounts.%'

-- statement
-- Whoever could do everything can approve drafts too, which is a permission of
-- its own: the keys that the installation made itself.
update api_keys set permissions = '{"*":["delete","read","write"],"drafts":["approve"]}', version = version + 1
where created_by is null and permissions = '{"*":["delete","read","write"]}'
