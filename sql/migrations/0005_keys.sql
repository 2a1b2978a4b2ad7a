-- Keys that are rotated, and requests that are signed.

-- The secret that signs requests, sealed under the installation's key (empty:
-- the key has none), and how long the secret before the last rotation works.
alter table api_keys
    add column sealed_signing_secret varbinary(255) not null default '' after require_signature,
    add column previous_secret_expires_at datetime(6) null after expires_at,
    add constraint api_keys_signature check (require_signature = 0 or sealed_signing_secret <> '')

-- statement
-- Secrets that a rotation has replaced, so that they work until they expire and
-- are known for what they are afterwards. changed_at: when the end was set last.
create table api_key_past_secrets (
    secret_hash           binary(32)     not null,
    api_key_id            binary(16)     not null,
    sealed_signing_secret varbinary(255) not null,
    expires_at            datetime(6)    not null,
    changed_at            datetime(6)    not null,
    primary key (secret_hash),
    key api_key_past_secrets_of_key (api_key_id, expires_at),
    key api_key_past_secrets_changed (changed_at),
    constraint api_key_past_secrets_key_exists foreign key (api_key_id) references api_keys (id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin

-- statement
-- Nonces of signed requests, until the signatures that they stand in are too
-- old by themselves.
create table request_nonces (
    api_key_id binary(16)    not null,
    nonce      varbinary(64) not null,
    expires_at datetime(6)   not null,
    primary key (api_key_id, nonce),
    key request_nonces_expiry (expires_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
