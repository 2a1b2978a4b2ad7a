// What a family declares: its routes, and its writes as operations.
//
// An operation is declared once. The family's program binds it to a route, the
// worker looks it up by name; whatever comes next binds to the same table.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/app/principal.h"
#include "shared/http/message.h"
#include "shared/json/json.h"
#include "shared/json/reader.h"
#include "shared/service/jobs.h"
#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::app {

struct Stores;
struct CallInput;
class OperationTable;

// An empty family: any key may.
struct Permission {
    std::string_view family;
    std::string_view action;  // read, write, delete; approve of drafts
};

enum class Mode : std::uint8_t { direct, queued };

// Where an organization requires drafts: whether a key that approves none may
// still write this directly.
enum class Drafting : std::uint8_t { required, optional };

using PathParameters = std::map<std::string, std::string, std::less<>>;

// What came of an operation besides its value.
struct Outcome {
    std::int64_t credits = 0;                                // charged in this session
    std::int64_t credits_granted = 0;                        // to the pool of the request's own books
    std::optional<service::jobs::JobRow> job;                // written in this session: it is the answer
    std::vector<std::function<void(Stores&)>> after_commit;  // none may throw
};

// What a route's function sees of the request. Lives for one attempt.
struct Call {
    service::Scope scope;
    const Principal& principal;
    const PathParameters& path;
    const http::Parameters& query;
    // Of what this creates; fixed when the request was accepted. Empty when it
    // creates nothing.
    std::string resource_id;
    const store::ListRequest* list = nullptr;
    // Of a write that shows more than the resource: the resource alone, which
    // is what its entity tag stands for.
    std::string resource_text = {};
    Outcome outcome = {};
    // nullptr in a program that does not link every family.
    const OperationTable* operations = nullptr;

    store::Session& session() { return scope.session; }
    const service::Books& books() const { return scope.books; }

    // The id in the path; resource_not_found when it is malformed.
    template <typename Noun>
    Id<Noun> path_id(std::string_view name) const {
        const auto id = parse_id<Noun>(path.find(name)->second);
        if (!id) throw_not_found();
        return *id;
    }
    template <typename Noun>
    Id<Noun> new_id() const {
        return parse_id<Noun>(resource_id).value_or(Id<Noun>{});
    }
    std::optional<std::string_view> parameter(std::string_view name) const;
    // A date parameter; throws invalid_request when it is not one.
    std::optional<Date> date_parameter(std::string_view name) const;
    std::optional<Timestamp> timestamp_parameter(std::string_view name) const;
    // `?include=balances`
    bool includes(std::string_view what) const;

    [[noreturn]] static void throw_not_found();
};

// An operation on many elements that commits in groups.
struct Groups {
    std::size_t (*total)(const void* body) = nullptr;
    std::size_t (*group_size)(const void* body) = nullptr;
    struct Result {
        std::string content;  // JSON array elements, joined by commas
        std::size_t item_count = 0;
        std::size_t failed_count = 0;
        std::size_t made_count = 0;  // what took effect now: that is charged
    };
    // Elements [from, to) within the session of `call`.
    Result (*run)(Call& call, void* body, std::size_t from, std::size_t to) = nullptr;
    // The whole result from the groups' contents.
    std::string (*finish)(const void* body, std::size_t failed_count,
                          const std::vector<std::string>& contents) = nullptr;
    // What so many effects cost altogether.
    std::int64_t (*credits)(std::size_t made) = nullptr;
};

using Body = std::shared_ptr<void>;

// How requests of one moment and one set of books are run in one session, when nothing stands against it.
struct Together {
    // Whether this request may be one of several; another runs alone.
    bool (*may_join)(const http::Parameters& query, const void* body) = nullptr;
    // The value of calls[i] with bodies[i], or nothing where it has to run alone: it will be refused.
    std::vector<std::optional<json::Value>> (*run)(std::span<Call> calls,
                                                   std::span<void* const> bodies) = nullptr;
};

struct Operation {
    std::string_view name;  // "accounts.create"
    Permission permission;
    std::int64_t credits = 0;
    std::string_view credits_text = {};  // for the documentation, where it is not a number
    Mode mode = Mode::direct;
    int status = 200;                       // of the direct reply; 204 has no body
    int direct_status = 0;                  // of a body that is_direct, where it differs
    std::string_view resource_object = {};  // "account"
    std::string_view resource_prefix = {};  // "act" when the id is made on acceptance
    // The reply holds a secret: never queued, and stored only encrypted.
    bool has_secret_reply = false;
    // Too urgent to wait in a queue, or about the queue itself.
    bool is_never_queued = false;
    Drafting drafting = Drafting::required;

    // Reads the body and finds every fault of it. Null: the operation takes none.
    Body (*read)(json::Reader& reader, Call& call) = nullptr;
    // An empty body is as good as {}.
    bool is_body_optional = false;
    json::Value (*run)(Call& call, void* body) = nullptr;
    // The resource as GET shows it, held until the session ends: for If-Match.
    json::Value (*current)(Call& call) = nullptr;
    const Groups* groups = nullptr;
    const Together* together = nullptr;
    // What cannot be run and undone to see whether it would be refused.
    void (*check)(Call& call, void* body) = nullptr;
    // What caches must learn when the change is there; never throws.
    void (*after_commit)(Stores& stores, const CallInput& input) = nullptr;
    // True when this body is answered at once whatever the mode (a dry run).
    bool (*is_direct)(const void* body) = nullptr;

    bool takes_body() const { return read != nullptr; }
    // A draft is kept and run later, as a job is.
    bool can_be_drafted() const { return !has_secret_reply && !is_never_queued; }
    bool is_draft_required() const { return can_be_drafted() && drafting == Drafting::required; }
};

// A family's reader of a typed body as the table's untyped one.
template <typename Content, Content (*Read)(json::Reader&, Call&)>
Body read_body(json::Reader& reader, Call& call) {
    return std::make_shared<Content>(Read(reader, call));
}
template <typename Content, json::Value (*Run)(Call&, Content&)>
json::Value run_body(Call& call, void* body) {
    return Run(call, *static_cast<Content*>(body));
}

template <typename Content, void (*Check)(Call&, Content&)>
void check_body(Call& call, void* body) {
    Check(call, *static_cast<Content*>(body));
}

enum class Shape : std::uint8_t { resource, plain };  // a resource has an ETag

// What a route shows of the organization in its path: its books, or no more
// than its record. The latter is open to keys above a linked organization too.
enum class Reach : std::uint8_t { books, record };

struct Route {
    std::string_view method;
    std::string_view pattern;  // "/organizations/{organization_id}/accounts/{account_id}"
    Permission permission;
    const Operation* operation = nullptr;       // a write
    json::Value (*read)(Call& call) = nullptr;  // a read
    Shape shape = Shape::plain;
    const store::ListDefinition& (*list)() = nullptr;  // a list
    std::vector<std::string_view> query = {};          // parameters besides a list's own
    bool is_operator_allowed = false;
    // Nobody else may, whatever the key's permissions; goes with is_operator_allowed.
    bool is_operator_only = false;
    Reach reach = Reach::books;
    bool is_public = false;
    std::int64_t credits = 0;  // of a read that costs
    // Answers a whole request by itself (text).
    http::Reply (*answer)(Call& call) = nullptr;
    // More than 0: the request is held until the job in its path has ended.
    int (*wait_seconds)(Call& call) = nullptr;
};

struct Family {
    std::string_view name;
    std::vector<Route> routes;
};

// {"object":"list","data":[…],…}
json::Value list_value(std::vector<json::Value> items, const store::Page& page);

}  // namespace crane::app
