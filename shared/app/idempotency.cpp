#include "shared/app/idempotency.h"

#include "shared/base/error.h"
#include "shared/base/secret_box.h"
#include "shared/json/json.h"
#include "shared/store/queries.h"

namespace crane::app {
namespace {

std::string headers_json(const http::Reply& reply) {
    auto headers = json::Value::object();
    for (const auto& [name, value] : reply.headers) headers.set_copied(name, json::Value::string(value));
    return headers.dump();
}

void read_headers(const std::string& text, http::Reply& reply) {
    const auto document = json::parse(text);
    document.root().for_each(
        [&](json::View header) { reply.set_header(std::string(header.name()), std::string(header.text())); });
}

constexpr std::string_view seal_mark = "sealed:";

// In hexadecimal, since the column is text.
std::string seal_body(std::string_view plain, const Digest& key) {
    return std::string(seal_mark) + to_hex(seal(plain, key));
}

std::optional<std::string> unseal_body(std::string_view sealed, const Digest& key) {
    sealed.remove_prefix(seal_mark.size());
    const auto bytes = from_hex(sealed);
    return bytes ? unseal(*bytes, key) : std::nullopt;
}

[[noreturn]] void throw_reused() {
    throw Error(ErrorCode::idempotency_key_reused,
                "This Idempotency-Key was used for another request; use a new key for a new request.");
}

[[noreturn]] void throw_in_progress() {
    Error error(ErrorCode::idempotency_in_progress,
                "The first request with this Idempotency-Key is still running.");
    error.retry_after(1);
    throw error;
}

std::optional<StoredReply> find(store::Session& session, const IdempotencyKey& key) {
    try {
        auto rows = session.query(sql::idempotency_find, {key.scope_id, key.livemode, key.key});
        if (!rows.next()) return std::nullopt;
        const auto hash = rows.text();
        if (hash != as_view(key.request_hash)) throw_reused();
        StoredReply stored;
        const auto status = rows.optional_integer();
        if (!status) throw_in_progress();
        stored.reply.status = static_cast<int>(*status);
        read_headers(rows.optional_text().value_or("{}"), stored.reply);
        stored.reply.body = rows.optional_text().value_or("");
        stored.job_id = rows.optional_id<JobNoun>();
        if (!stored.reply.body.starts_with(seal_mark)) return stored;
        auto plain = unseal_body(stored.reply.body, key.seal_key);
        if (!plain) throw_reused();  // another API key than the first request's
        stored.reply.body = std::move(*plain);
        return stored;
    } catch (const store::StoreError& error) {
        if (error.fault == store::StoreFault::conflict || error.fault == store::StoreFault::lock_not_given) {
            throw_in_progress();
        }
        throw;
    }
}

}  // namespace

Digest request_hash(const http::Request& request) {
    return sha256(request.method + "\n" + request.path + "\n" + request.query_string + "\n" + request.body);
}

void refuse_malformed_key(std::string_view key) {
    if (key.size() <= 255) return;
    throw faulty_field("Idempotency-Key",
                       "has " + std::to_string(key.size()) + " characters; 1 to 255 are allowed");
}

std::optional<StoredReply> begin_once(store::Session& session, const IdempotencyKey& key, Timestamp at) {
    if (auto stored = find(session, key)) return stored;
    const Timestamp expires{at.microseconds + kept_days * 86'400'000'000};
    session.execute(sql::idempotency_begin, {key.scope_id, key.livemode, key.key, key.request_hash, expires});
    return std::nullopt;
}

void finish_once(store::Session& session, const IdempotencyKey& key, const http::Reply& reply,
                 std::optional<JobId> job_id, Sealing sealing) {
    const auto body = sealing == Sealing::sealed ? seal_body(reply.body, key.seal_key) : reply.body;
    session.execute(sql::idempotency_finish,
                    {reply.status, headers_json(reply), body, job_id, key.scope_id, key.livemode, key.key});
}

void insert_finished(store::Session& session, std::span<const FinishedKey> keys, Timestamp at) {
    constexpr std::size_t columns = 8;
    const Timestamp expires{at.microseconds + kept_days * 86'400'000'000};
    store::Values values;
    values.reserve(keys.size() * columns);
    for (const auto& [key, reply] : keys) {
        values.insert(values.end(), {key->scope_id, key->livemode, key->key, key->request_hash, reply->status,
                                     headers_json(*reply), reply->body, expires});
    }
    session.insert_rows(sql::idempotency_insert_finished, columns, values);
}

bool drop_expired_keys(store::Session& session, Timestamp at) {
    constexpr std::int64_t most_dropped = 1000;
    return session.execute(sql::idempotency_sweep, {at, most_dropped}) == most_dropped;
}

}  // namespace crane::app
