-- Contacts, and the catalog: categories, taxes and items. Their lists are answered from indexes as 0008_lists.sql tells.
create table contacts (
    books_id      int unsigned not null,
    id            binary(16)   not null,
    contact_type  varchar(16)  not null,
    name          varchar(255) not null collate utf8mb4_unicode_ci,
    email         varchar(255) not null collate utf8mb4_unicode_ci,
    phone         varchar(64)  not null,
    website       varchar(255) not null,
    tax_number    varchar(64)  not null,
    reference     varchar(100) not null,
    address       varchar(500) not null,
    city          varchar(255) not null,
    state         varchar(255) not null,
    zip_code      varchar(32)  not null,
    country       varchar(2)   not null,
    currency_code varchar(8)   not null,
    enabled       tinyint      not null,
    metadata      mediumtext   not null,
    version       bigint       not null default 1,
    created_at    datetime(6)  not null,
    updated_at    datetime(6)  not null,
    primary key (books_id, id),
    key contacts_by_created_at (books_id, created_at, id),
    key contacts_by_name (books_id, name, id),
    key contacts_by_type (books_id, contact_type, created_at, id),
    key contacts_by_email (books_id, email, created_at, id),
    key contacts_by_reference (books_id, reference, created_at, id),
    key contacts_by_tax_number (books_id, tax_number, created_at, id),
    key contacts_by_country (books_id, country, created_at, id),
    key contacts_by_currency (books_id, currency_code, created_at, id),
    key contacts_by_enabled (books_id, enabled, created_at, id),
    constraint contacts_books_exist foreign key (books_id) references books (books_id),
    constraint contacts_type check (contact_type in ('customer', 'vendor', 'employee', 'other')),
    constraint contacts_name_given check (length(name) > 0),
    constraint contacts_enabled check (enabled in (0, 1))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Sums of the posted lines of transactions that name a contact, by account and
-- month (its first day), kept on write and in slots like account_sums.
create table contact_sums (
    books_id   int unsigned not null,
    contact_id binary(16)   not null,
    month      date         not null,
    account_id binary(16)   not null,
    slot       smallint     not null,
    debit      decimal(38)  not null,
    credit     decimal(38)  not null,
    line_count bigint       not null,
    primary key (books_id, contact_id, month, account_id, slot),
    constraint contact_sums_positive check (debit >= 0 and credit >= 0 and line_count > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create table categories (
    books_id      int unsigned  not null,
    id            binary(16)    not null,
    name          varchar(255)  not null collate utf8mb4_unicode_ci,
    description   varchar(1000) not null,
    category_type varchar(16)   not null,
    color         varchar(7)    not null,
    is_active     tinyint       not null,
    parent_id     binary(16)    null,
    account_id    binary(16)    null,
    version       bigint        not null default 1,
    created_at    datetime(6)   not null,
    updated_at    datetime(6)   not null,
    primary key (books_id, id),
    key categories_by_created_at (books_id, created_at, id),
    key categories_by_name (books_id, name, id),
    key categories_by_type (books_id, category_type, created_at, id),
    key categories_by_activity (books_id, is_active, created_at, id),
    key categories_by_parent (books_id, parent_id, created_at, id),
    key categories_by_account (books_id, account_id, created_at, id),
    constraint categories_books_exist foreign key (books_id) references books (books_id),
    constraint categories_parent_exists foreign key (books_id, parent_id) references categories (books_id, id),
    constraint categories_account_exists foreign key (books_id, account_id) references accounts (books_id, id),
    constraint categories_type check (category_type in ('income', 'expense', 'other')),
    constraint categories_name_given check (length(name) > 0),
    constraint categories_active check (is_active in (0, 1))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- rate is in ten thousandths of a percent.
create table taxes (
    books_id     int unsigned  not null,
    id           binary(16)    not null,
    name         varchar(255)  not null collate utf8mb4_unicode_ci,
    description  varchar(1000) not null,
    rate         bigint        not null,
    tax_type     varchar(16)   not null,
    is_active    tinyint       not null,
    is_compound  tinyint       not null,
    is_inclusive tinyint       not null,
    account_id   binary(16)    null,
    version      bigint        not null default 1,
    created_at   datetime(6)   not null,
    updated_at   datetime(6)   not null,
    primary key (books_id, id),
    key taxes_by_created_at (books_id, created_at, id),
    key taxes_by_name (books_id, name, id),
    key taxes_by_type (books_id, tax_type, created_at, id),
    key taxes_by_activity (books_id, is_active, created_at, id),
    key taxes_by_compound (books_id, is_compound, created_at, id),
    key taxes_by_inclusive (books_id, is_inclusive, created_at, id),
    key taxes_by_account (books_id, account_id, created_at, id),
    constraint taxes_books_exist foreign key (books_id) references books (books_id),
    constraint taxes_account_exists foreign key (books_id, account_id) references accounts (books_id, id),
    constraint taxes_type check (tax_type in ('sales_tax', 'vat', 'excise', 'other')),
    constraint taxes_rate check (rate between 0 and 10000000),
    constraint taxes_name_given check (length(name) > 0),
    constraint taxes_flags check (is_active in (0, 1) and is_compound in (0, 1) and is_inclusive in (0, 1))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- price is in ten thousandths of the currency's unit. sku '' means none;
-- unique_sku is what must be unique.
create table items (
    books_id      int unsigned  not null,
    id            binary(16)    not null,
    name          varchar(255)  not null collate utf8mb4_unicode_ci,
    description   varchar(1000) not null,
    sku           varchar(64)   not null,
    unique_sku    varchar(64)   generated always as (nullif(sku, '')) stored,
    item_type     varchar(16)   not null,
    price         bigint        null,
    currency_code varchar(8)    not null,
    category_id   binary(16)    null,
    is_active     tinyint       not null,
    version       bigint        not null default 1,
    created_at    datetime(6)   not null,
    updated_at    datetime(6)   not null,
    primary key (books_id, id),
    unique key items_sku (books_id, unique_sku),
    key items_by_created_at (books_id, created_at, id),
    key items_by_name (books_id, name, id),
    key items_by_sku (books_id, sku, id),
    key items_by_type (books_id, item_type, created_at, id),
    key items_by_currency (books_id, currency_code, created_at, id),
    key items_by_category (books_id, category_id, created_at, id),
    key items_by_activity (books_id, is_active, created_at, id),
    constraint items_books_exist foreign key (books_id) references books (books_id),
    constraint items_category_exists foreign key (books_id, category_id) references categories (books_id, id),
    constraint items_type check (item_type in ('product', 'service', 'other')),
    constraint items_price check (price >= 0),
    constraint items_name_given check (length(name) > 0),
    constraint items_active check (is_active in (0, 1))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
create table item_taxes (
    books_id int unsigned not null,
    item_id  binary(16)   not null,
    position smallint     not null,
    tax_id   binary(16)   not null,
    primary key (books_id, item_id, position),
    unique key item_taxes_once (books_id, item_id, tax_id),
    key item_taxes_by_tax (books_id, tax_id, item_id),
    constraint item_taxes_item_exists foreign key (books_id, item_id) references items (books_id, id),
    constraint item_taxes_tax_exists foreign key (books_id, tax_id) references taxes (books_id, id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- A transaction's contact and category are of its books, and stay while it names them. The last index gives a
-- contact's transactions in the order of a statement, the others in that of the list.
alter table transactions
    add key transactions_by_contact (books_id, contact_id, created_at, id),
    add key transactions_by_category (books_id, category_id, created_at, id),
    add key transactions_of_contact (books_id, contact_id, posting_date, id),
    add constraint transactions_contact_exists foreign key (books_id, contact_id) references contacts (books_id, id),
    add constraint transactions_category_exists foreign key (books_id, category_id)
        references categories (books_id, id)
