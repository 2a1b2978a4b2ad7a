// transactions.batch: up to 10,000 transactions, all or what can be.
#include <map>

#include "handlers/transactions/json.h"
#include "handlers/transactions/operations.h"
#include "shared/app/item_keys.h"
#include "shared/app/replies.h"

namespace crane::transactions {
namespace {

namespace ledger = service::ledger;

constexpr std::size_t most_items = 10'000;
// In mode continue: large enough for few commits, small enough that locks are
// short and progress shows.
constexpr std::size_t continue_group_size = 1000;

struct Item {
    TransactionBody body;
    std::vector<Fault> faults;  // in mode continue; else they refuse the whole
    std::string digest_text;    // what its idempotency key stands for
};

struct BatchBody {
    bool is_atomic = true;
    bool is_dry_run = false;
    std::vector<Item> items;
};

BatchBody read_batch(json::Reader& reader, app::Call& call) {
    BatchBody batch;
    batch.is_atomic = reader.choice("mode", {"atomic", "continue"}).content.value_or("atomic") == "atomic";
    batch.is_dry_run = reader.boolean("dry_run").content.value_or(false);
    reader.objects("transactions", 1, most_items, json::Presence::required,
                   [&](json::Reader& given, std::size_t) {
                       Item item;
                       item.body = read_transaction(given, call, BodyKind::item);
                       given.finish();
                       if (!batch.is_atomic) item.faults = given.take_faults();
                       if (item.body.idempotency_key.has_value()) item.digest_text = given.dump();
                       batch.items.push_back(std::move(item));
                   });
    return batch;
}

json::Value result_value(std::size_t index, const std::string* transaction, const Error* error) {
    auto value = json::Value::object();
    value.set("index", json::Value::integer(static_cast<std::int64_t>(index)));
    value.set("status", error == nullptr ? "succeeded" : "failed");
    value.set("transaction", transaction == nullptr ? json::Value::null() : json::Value::raw(*transaction));
    value.set("error", error == nullptr ? json::Value::null() : app::error_body(*error));
    return value;
}

// Runs elements [from, to) and tells of each; nothing is thrown for an item.
class GroupRun {
public:
    GroupRun(app::Call& call, BatchBody& batch, std::size_t from, std::size_t to, ledger::DryRun dry_run)
        : call_(call), batch_(batch), from_(from), to_(to), dry_run_(dry_run) {}

    app::Groups::Result run() {
        find_replayed();
        std::vector<ledger::Entry> entries;
        std::vector<std::size_t> indexes;
        for (auto i = from_; i < to_; ++i) {
            if (!decide_early(i)) {
                entries.push_back(entry_of(call_, batch_.items[i].body));
                indexes.push_back(i);
            }
        }
        auto entered = ledger::enter(call_.scope, entries, dry_run_);
        std::size_t next = 0;
        for (std::size_t i = 0; i < indexes.size(); ++i) {
            if (entered.refusals[i]) {
                errors_.emplace(indexes[i], std::move(*entered.refusals[i]));
            } else {
                const auto& transaction = entered.entered[next++];
                // A dry run makes nothing that could be named.
                const bool is_dry = dry_run_ == ledger::DryRun::yes;
                remember(indexes[i], is_dry ? "null" : summary_value(transaction).dump());
            }
        }
        if (dry_run_ == ledger::DryRun::no) app::store_item_keys(call_, new_keys_);
        auto all = result();
        all.made_count = entered.entered.size();
        return all;
    }

    const std::map<std::size_t, Error>& errors() const { return errors_; }

private:
    // Items whose key was used before, in an earlier batch or in this one.
    void find_replayed() {
        std::vector<std::string> keys;
        for (auto i = from_; i < to_; ++i) {
            const auto& key = batch_.items[i].body.idempotency_key;
            if (key.has_value()) keys.push_back(*key.content);
        }
        stored_ = app::find_item_keys(call_, keys);
    }

    bool decide_early(std::size_t i) {
        auto& item = batch_.items[i];
        if (!item.faults.empty()) {
            errors_.emplace(i, Error(item.faults));
            return true;
        }
        if (!item.body.idempotency_key.has_value()) return false;
        const auto& key = *item.body.idempotency_key.content;
        const auto hash = sha256(item.digest_text);
        const auto found = stored_.find(key);
        if (found != stored_.end()) {
            if (found->second.request_hash == hash) {
                summaries_.emplace(i, found->second.reply_body);
            } else {
                errors_.emplace(i, Error(ErrorCode::idempotency_key_reused,
                                         "This idempotency_key was used for another transaction."));
            }
            return true;
        }
        if (!keys_in_batch_.emplace(key, i).second) {
            errors_.emplace(i, Error(ErrorCode::idempotency_key_reused,
                                     "This idempotency_key is given twice in the batch."));
            return true;
        }
        return false;
    }

    void remember(std::size_t i, std::string summary) {
        const auto& item = batch_.items[i];
        if (item.body.idempotency_key.has_value()) {
            new_keys_.push_back({*item.body.idempotency_key.content, sha256(item.digest_text), summary});
        }
        summaries_.emplace(i, std::move(summary));
    }

    app::Groups::Result result() {
        app::Groups::Result result;
        for (auto i = from_; i < to_; ++i) {
            if (i > from_) result.content += ',';
            const auto summary = summaries_.find(i);
            if (summary != summaries_.end()) {
                result.content += result_value(i, &summary->second, nullptr).dump();
            } else {
                result.content += result_value(i, nullptr, &errors_.at(i)).dump();
                ++result.failed_count;
            }
            ++result.item_count;
        }
        return result;
    }

    app::Call& call_;
    BatchBody& batch_;
    std::size_t from_;
    std::size_t to_;
    ledger::DryRun dry_run_;
    std::map<std::string, app::StoredItem> stored_;
    std::map<std::string, std::size_t> keys_in_batch_;
    std::map<std::size_t, std::string> summaries_;
    std::map<std::size_t, Error> errors_;
    std::vector<app::NewItemKey> new_keys_;
};

// An atomic batch is refused as a whole: every fault of every item at once, or
// the first refusal of another kind.
void refuse_atomic(const std::map<std::size_t, Error>& errors) {
    if (errors.empty()) return;
    std::vector<Fault> faults;
    for (const auto& [index, error] : errors)
        faults.insert(faults.end(), error.faults.begin(), error.faults.end());
    if (!faults.empty()) throw Error(std::move(faults));
    const auto& [index, first] = *errors.begin();
    Error error(first.code(), "transactions[" + std::to_string(index) + "]: " + first.what());
    error.details = first.details;
    error.with("index", std::to_string(index));
    throw error;
}

BatchBody& batch_of(void* body) {
    return *static_cast<BatchBody*>(body);
}
const BatchBody& batch_of(const void* body) {
    return *static_cast<const BatchBody*>(body);
}

std::string envelope(const BatchBody& batch, std::size_t failed_count,
                     const std::vector<std::string>& contents) {
    auto value = json::Value::object();
    value.set("object", "batch").set("mode", batch.is_atomic ? "atomic" : "continue");
    value.set("dry_run", json::Value::boolean(batch.is_dry_run));
    value.set("succeeded",
              json::Value::integer(static_cast<std::int64_t>(batch.items.size() - failed_count)));
    value.set("failed", json::Value::integer(static_cast<std::int64_t>(failed_count)));
    std::string results = "[";
    for (const auto& content : contents) {
        if (results.size() > 1 && !content.empty()) results += ',';
        results += content;
    }
    value.set("results", json::Value::raw(results + "]"));
    return value.dump();
}

app::Groups::Result run_group(app::Call& call, void* body, std::size_t from, std::size_t to) {
    auto& batch = batch_of(body);
    if (!batch.is_atomic) return GroupRun(call, batch, from, to, ledger::DryRun::no).run();
    // A refusal rolls the session back, so an atomic batch that fails writes nothing.
    GroupRun run(call, batch, from, to, ledger::DryRun::no);
    auto result = run.run();
    refuse_atomic(run.errors());
    return result;
}

const app::Groups batch_groups{
    .total = [](const void* body) { return batch_of(body).items.size(); },
    .group_size =
        [](const void* body) {
            const auto& batch = batch_of(body);
            return batch.is_atomic ? batch.items.size() : continue_group_size;
        },
    .run = run_group,
    .finish =
        [](const void* body, std::size_t failed_count, const std::vector<std::string>& contents) {
            return envelope(batch_of(body), failed_count, contents);
        },
    .credits = [](std::size_t succeeded) { return static_cast<std::int64_t>((succeeded + 9) / 10); },
};

// A dry run, which is answered at once.
json::Value run_dry(app::Call& call, BatchBody& batch) {
    GroupRun run(call, batch, 0, batch.items.size(), ledger::DryRun::yes);
    const auto result = run.run();
    if (batch.is_atomic) refuse_atomic(run.errors());
    return json::Value::raw(envelope(batch, result.failed_count, {result.content}));
}

void check(app::Call& call, BatchBody& batch) {
    if (!batch.is_atomic) return;  // its items tell of themselves
    GroupRun run(call, batch, 0, batch.items.size(), ledger::DryRun::yes);
    run.run();
    refuse_atomic(run.errors());
}

}  // namespace

const app::Operation batch_transactions{
    .name = "transactions.batch",
    .permission = {"transactions", "write"},
    .credits = 0,  // charged by group
    .credits_text = "1 per 10",
    .mode = app::Mode::queued,
    .status = 201,
    .direct_status = 200,
    .read = app::read_body<BatchBody, read_batch>,
    .run = app::run_body<BatchBody, run_dry>,
    .groups = &batch_groups,
    .check = app::check_body<BatchBody, check>,
    .is_direct = [](const void* body) { return batch_of(body).is_dry_run; },
};

}  // namespace crane::transactions
