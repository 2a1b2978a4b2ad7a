#include "queue/webhook_deliverer.h"

#include <poll.h>

#include <algorithm>

#include "shared/app/event_bell.h"
#include "shared/app/event_value.h"
#include "shared/app/execution.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/service/organizations.h"

namespace crane::queue {
namespace {

namespace deliveries = service::webhook_deliveries;
namespace webhooks = service::webhooks;
using deliveries::Claimed;

constexpr std::int64_t most_under_way = 128;
constexpr std::int64_t most_of_books = 32;
constexpr std::int64_t most_of_receiver = 4;
// In case that a ring was lost; also how exact the retries are.
constexpr std::int64_t look_milliseconds = 500;
constexpr std::int64_t tidy_milliseconds = 60'000;
// A test's event may be sent for before it has its number.
constexpr std::int64_t put_back_milliseconds = 200;
constexpr std::int64_t stop_milliseconds = 5'000;
constexpr int gone = 410;

Timestamp later(Timestamp at, std::int64_t milliseconds) {
    return {at.microseconds + milliseconds * 1000};
}

deliveries::Response response_of(const outbound::Outcome& outcome) {
    deliveries::Response response;
    if (outcome.status != 0) response.status = outcome.status;
    response.error = outcome.error;
    const bool is_success = outcome.error.empty() && outcome.status >= 200 && outcome.status < 300;
    if (is_success || !outcome.error.empty()) return response;
    response.error = outcome.status >= 300 && outcome.status < 400
                         ? "the receiver redirects, which is not followed"
                         : "the receiver answered " + std::to_string(outcome.status);
    return response;
}

// An attempt that failed: again later, or no more. True if it was the last one.
bool refuse(store::Session& session, std::uint32_t books_id, const Claimed& claimed,
            const deliveries::Response& response, Timestamp at) {
    if (!deliveries::has_retries_left(claimed))
        return deliveries::give_up(session, books_id, claimed, response, at);
    deliveries::retry(session, books_id, claimed, response, at);
    return false;
}

}  // namespace

struct WebhookDeliverer::Batch {
    service::Books books;
    webhooks::WebhookRow webhook;
    std::vector<std::string> secrets;
    outbound::Targets targets = outbound::Targets::of_the_public;
    std::vector<std::pair<Claimed, std::string>> payloads;
};

WebhookDeliverer::WebhookDeliverer(app::Stores& stores, const Digest& master_key)
    : stores_(&stores), master_key_(master_key), subscriber_(stores.config.redis_socket) {}

void WebhookDeliverer::run(const app::StopSignal& stop_signal) {
    std::int64_t stop_by = 0;
    while (stop_by == 0 || (poster_.under_way() > 0 && monotonic_milliseconds() < stop_by)) {
        if (stop_by == 0 && stop_signal.wait_for_milliseconds(0))
            stop_by = monotonic_milliseconds() + stop_milliseconds;
        try {
            if (stop_by == 0) look();
            const auto outcomes = poster_.wait(250, subscriber_.descriptor());
            if (!outcomes.empty()) settle(outcomes);
            if (is_rung()) is_look_wanted_ = true;
            if (stop_by == 0) tidy();
        } catch (const std::exception& exception) {
            log(LogLevel::warning, "deliveries wait for the store", {{"reason", exception.what()}});
            stop_signal.wait_for_milliseconds(500);
        }
    }
}

bool WebhookDeliverer::is_rung() {
    if (!subscriber_.is_connected()) {
        subscriber_.command({"SUBSCRIBE", app::deliveries_channel});
        return false;
    }
    pollfd waited{subscriber_.descriptor(), POLLIN, 0};
    return poll(&waited, 1, 0) > 0 && !subscriber_.read_all_pushed().empty();
}

// How many more messages this receiver may be sent now.
std::int64_t WebhookDeliverer::room_for(const ReceiverId& receiver) const {
    const auto found = receivers_.find(receiver);
    const auto known = found == receivers_.end() ? Receiver{} : found->second;
    const auto of_books = under_way_of_books_.find(receiver.first);
    const auto books_under_way = of_books == under_way_of_books_.end() ? 0 : of_books->second;
    return std::min({(known.is_failing ? 1 : most_of_receiver) - known.under_way,
                     most_of_books - books_under_way,
                     most_under_way - static_cast<std::int64_t>(poster_.under_way())});
}

void WebhookDeliverer::look() {
    const auto at = monotonic_milliseconds();
    if (!is_look_wanted_ && at - last_look_milliseconds_ < look_milliseconds) return;
    is_look_wanted_ = false;
    last_look_milliseconds_ = at;
    std::vector<deliveries::Queue> queues;
    {
        const auto session = stores_->readers.acquire();
        queues = deliveries::queues(*session, "pending");
    }
    // Who waits longest comes first.
    std::ranges::sort(queues, {}, &deliveries::Queue::earliest);
    for (const auto& queue : queues) {
        if (queue.earliest > now()) break;
        const auto room = room_for({queue.books_id, queue.webhook_id});
        if (room > 0) take(queue, room);
    }
}

void WebhookDeliverer::take(const deliveries::Queue& queue, std::int64_t most) {
    std::optional<Batch> batch;
    app::with_replays(*stores_, [&](store::Session& session) {
        batch = claim(session, queue, most);
        session.commit();
    });
    if (batch) send(*batch);
}

std::optional<WebhookDeliverer::Batch> WebhookDeliverer::claim(store::Session& session,
                                                               const deliveries::Queue& queue,
                                                               std::int64_t most) {
    const auto at = now();
    const auto [books_id, webhook_id, earliest] = queue;
    auto webhook = webhooks::get(session, books_id, webhook_id);
    auto books = service::organizations::find_books(session, books_id);
    if (!books || !webhook || !webhook->is_active()) {
        // A deleted one's will never be wanted; a disabled one may be active again by then.
        constexpr Timestamp last_moment{253'402'300'799'000'000};
        const auto cancelled =
            deliveries::cancel(session, books_id, webhook_id, webhook ? at : last_moment, at);
        is_look_wanted_ = is_look_wanted_ || cancelled > 0;
        return std::nullopt;
    }
    Batch batch{std::move(*books), std::move(*webhook)};
    const bool may_be_private = webhooks::may_be_private(session, batch.books.organization_id);
    if (may_be_private) batch.targets = outbound::Targets::any;
    const auto claimed_now = deliveries::claim(session, books_id, webhook_id, most, at);
    try {
        batch.secrets = webhooks::secrets_at(batch.webhook, master_key_, at);
    } catch (const std::runtime_error& error) {
        log(LogLevel::warning, "a delivery cannot be signed", {{"reason", error.what()}});
        const deliveries::Response unsigned_response{std::nullopt, "the secret cannot be read; rotate it"};
        for (const auto& claimed : claimed_now) refuse(session, books_id, claimed, unsigned_response, at);
        return std::nullopt;
    }
    for (const auto& claimed : claimed_now) {
        const auto event = service::event_feed::get(session, books_id, claimed.event_id);
        if (!event || event->sequence == 0) {
            deliveries::put_back(session, books_id, claimed, later(at, put_back_milliseconds), at);
            continue;
        }
        batch.payloads.emplace_back(claimed, app::event_payload(*event, batch.books));
    }
    return batch;
}

void WebhookDeliverer::send(const Batch& batch) {
    const ReceiverId receiver{batch.books.books_id, batch.webhook.id};
    for (const auto& [claimed, payload] : batch.payloads) {
        const auto message_id = to_text(claimed.id);
        const auto unix_seconds = now().microseconds / 1'000'000;
        outbound::Message message{batch.webhook.url, {}, payload, batch.targets};
        message.headers = {
            {"Content-Type", "application/json"},
            {"User-Agent", "Crane-Webhooks"},
            {"webhook-id", message_id},
            {"webhook-timestamp", std::to_string(unix_seconds)},
            {"webhook-signature", webhooks::signature(batch.secrets, message_id, unix_seconds, payload)}};
        poster_.send(++last_tag_, std::move(message));
        flights_.emplace(last_tag_, Flight{receiver, claimed});
        ++receivers_[receiver].under_way;
        ++under_way_of_books_[receiver.first];
    }
}

void WebhookDeliverer::settle(const std::vector<outbound::Outcome>& outcomes) {
    std::vector<std::pair<Flight, outbound::Outcome>> ended;
    for (const auto& outcome : outcomes) {
        const auto found = flights_.find(outcome.tag);
        const auto flight = found->second;
        flights_.erase(found);
        auto& receiver = receivers_[flight.receiver];
        receiver.is_failing = !response_of(outcome).error.empty();
        if (--receiver.under_way == 0 && !receiver.is_failing) receivers_.erase(flight.receiver);
        if (--under_way_of_books_[flight.receiver.first] == 0)
            under_way_of_books_.erase(flight.receiver.first);
        ended.emplace_back(flight, outcome);
    }
    is_look_wanted_ = true;
    std::vector<std::uint32_t> rung;
    app::with_replays(*stores_, [&](store::Session& session) {
        rung.clear();
        for (const auto& [flight, outcome] : ended) settle_one(session, flight, outcome, rung);
        session.commit();
    });
    for (const auto books_id : rung) app::ring_for_events(*stores_, books_id);
}

void WebhookDeliverer::settle_one(store::Session& session, const Flight& flight,
                                  const outbound::Outcome& outcome, std::vector<std::uint32_t>& rung) {
    const auto at = now();
    const auto books_id = flight.receiver.first;
    const auto response = response_of(outcome);
    if (response.error.empty()) {
        deliveries::succeed(session, books_id, flight.claimed, response, at);
        return;
    }
    if (outcome.status == gone) {
        if (deliveries::give_up(session, books_id, flight.claimed, response, at))
            disable(session, flight.receiver, "gone", rung);
    } else if (refuse(session, books_id, flight.claimed, response, at)) {
        disable(session, flight.receiver, "failing", rung);
    }
}

// The receiver said that it is no more, or was away for three days.
void WebhookDeliverer::disable(store::Session& session, const ReceiverId& receiver, const char* reason,
                               std::vector<std::uint32_t>& rung) {
    auto books = service::organizations::find_books(session, receiver.first);
    auto webhook = webhooks::lock(session, receiver.first, receiver.second);
    if (!books || !webhook || !webhook->is_active()) return;
    service::Scope scope{session, std::move(*books), {}, now()};
    scope.actor.operation = "webhooks.deliver";
    webhook->disable(reason, scope.at);
    webhook->updated_at = scope.at;
    webhooks::update(session, receiver.first, *webhook);
    auto metadata = json::Value::object();
    auto before = json::Value::object();
    auto after = json::Value::object();
    before.set("status", "active");
    after.set("status", "disabled").set("disabled_reason", std::string_view(reason));
    metadata.set("before", std::move(before)).set("after", std::move(after));
    scope.note("webhook", to_text(webhook->id), "webhook.disabled", metadata.dump());
    service::write_events(scope, 0);
    rung.push_back(receiver.first);
}

// Forgets what ended long ago, and what is known of receivers without a queue.
void WebhookDeliverer::tidy() {
    const auto at = monotonic_milliseconds();
    if (at - last_tidy_milliseconds_ < tidy_milliseconds) return;
    last_tidy_milliseconds_ = at;
    std::erase_if(receivers_, [](const auto& entry) { return entry.second.under_way == 0; });
    for (const char* status : {"delivered", "failed", "cancelled"}) {
        std::vector<deliveries::Queue> queues;
        {
            const auto session = stores_->readers.acquire();
            queues = deliveries::queues(*session, status);
        }
        for (const auto& queue : queues) {
            if (queue.earliest > now()) continue;
            app::with_replays(*stores_, [&](store::Session& session) {
                deliveries::drop_ended(session, status, queue, now());
                session.commit();
            });
        }
    }
    app::with_replays(*stores_, [&](store::Session& session) {
        webhooks::drop_deleted(session, now());
        session.commit();
    });
}

}  // namespace crane::queue
