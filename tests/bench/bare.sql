-- The tables of crane-bench-bare: lines and balances, and nothing that an accounting program adds to them. No
-- foreign key, no CHECK, no trigger, one key each.

create database crane_bench character set utf8mb4 collate utf8mb4_bin;
grant select, insert, update, delete on crane_bench.* to 'crane'@'localhost';
use crane_bench;

create table bare_lines (
    transaction_id binary(16) not null,
    position       smallint   not null,
    account_id     binary(16) not null,
    posting_date   date       not null,
    amount         bigint     not null,
    primary key (transaction_id, position)
) engine = InnoDB;

create table bare_balances (
    account_id binary(16) not null,
    debit      bigint     not null,
    credit     bigint     not null,
    primary key (account_id)
) engine = InnoDB;

-- 1,000 accounts: as many as the Crane that it is compared with has.
insert into bare_balances (account_id, debit, credit) select unhex(lpad(hex(seq), 32, '0')), 0, 0 from seq_1_to_1000;
