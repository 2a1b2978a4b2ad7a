create table if not exists schema_migrations (
    name       varchar(200) not null,
    digest     binary(32)   not null,
    applied_at timestamp    not null default current_timestamp,
    primary key (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
