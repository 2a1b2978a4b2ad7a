#include "shared/app/execution.h"
#include "shared/app/list_parameters.h"
#include "shared/app/program.h"
#include "shared/base/error.h"

namespace crane::app {
namespace {

// The fields that a body's reader asks for: it is run on no body at all.
std::vector<std::string> body_fields(const Operation& operation) {
    if (operation.read == nullptr) return {};
    json::ReaderState state;
    state.is_probe = true;
    json::Reader reader(json::View(), state);
    const CallInput input;
    // A probe reads no value, so it never comes to run a statement.
    const auto session = store::unconnected_session();
    auto call = input.call(*session);
    operation.read(reader, call);
    return state.asked;
}

json::Value strings(const std::vector<std::string>& texts) {
    auto list = json::Value::array();
    for (const auto& text : texts) list.push(json::Value::string(text));
    return list;
}

std::string_view mode_name(const Operation& operation) {
    if (operation.mode == Mode::queued) return "queued";
    return operation.has_secret_reply || operation.is_never_queued ? "direct only" : "direct";
}

json::Value describe_route(const Route& route) {
    auto value = json::Value::object();
    value.set("method", route.method).set("path", route.pattern);
    const auto* operation = route.operation;
    value.set("operation", operation == nullptr ? json::Value::null() : json::Value::string(operation->name));
    if (route.permission.family.empty()) {
        value.set("permission", json::Value::null());
    } else {
        auto permission = json::Value::object();
        permission.set("family", route.permission.family).set("action", route.permission.action);
        value.set("permission", std::move(permission));
    }
    auto credits = std::to_string(operation == nullptr ? route.credits : operation->credits);
    if (operation != nullptr && !operation->credits_text.empty()) credits = operation->credits_text;
    value.set("credits", credits);
    if (operation == nullptr) {
        value.set("mode", json::Value::null());
    } else {
        value.set("mode", mode_name(*operation));
    }
    value.set("query", strings(parameter_names(route)));
    value.set("body", operation == nullptr ? json::Value::array() : strings(body_fields(*operation)));
    return value;
}

}  // namespace

std::string describe(const Family& family) {
    auto value = json::Value::object();
    value.set("family", family.name);
    auto routes = json::Value::array();
    for (const auto& route : family.routes) routes.push(describe_route(route));
    value.set("routes", std::move(routes));
    auto codes = json::Value::array();
    for (const auto& kind : error_kinds()) codes.push(json::Value::string(kind.name));
    value.set("error_codes", std::move(codes));
    return value.dump();
}

}  // namespace crane::app
