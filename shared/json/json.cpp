#include "shared/json/json.h"

#include <cjson/cJSON.h>

#include <new>

#include "shared/base/error.h"
#include "shared/json/scan.h"

namespace crane::json {
namespace {

bool is_marked_number(const cJSON* node) {
    return cJSON_IsString(node) && node->valuestring[0] == number_mark;
}

cJSON* made(cJSON* node) {
    if (node == nullptr) throw std::bad_alloc();
    return node;
}

void append_quoted(std::string& out, std::string_view text) {
    const std::unique_ptr<cJSON, decltype(&cJSON_Delete)> node(
        made(cJSON_CreateString(std::string(text).c_str())), cJSON_Delete);
    const std::unique_ptr<char, decltype(&cJSON_free)> printed(cJSON_PrintUnformatted(node.get()),
                                                               cJSON_free);
    out += printed.get();
}

void append(std::string& out, View view) {
    switch (view.kind()) {
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += view.boolean() ? "true" : "false";
            return;
        case Kind::number:
            out += view.text();
            return;
        case Kind::string:
            append_quoted(out, view.text());
            return;
        case Kind::array:
        case Kind::object:
            break;
    }
    const bool is_object = view.kind() == Kind::object;
    out += is_object ? '{' : '[';
    bool first = true;
    view.for_each([&](View child) {
        if (!first) out += ',';
        first = false;
        if (is_object) {
            append_quoted(out, child.name());
            out += ':';
        }
        append(out, child);
    });
    out += is_object ? '}' : ']';
}

}  // namespace

Kind View::kind() const {
    if (cJSON_IsBool(node_)) return Kind::boolean;
    if (cJSON_IsArray(node_)) return Kind::array;
    if (cJSON_IsObject(node_)) return Kind::object;
    if (cJSON_IsString(node_)) return is_marked_number(node_) ? Kind::number : Kind::string;
    return Kind::null;
}

bool View::boolean() const {
    return cJSON_IsTrue(node_) != 0;
}

std::string_view View::text() const {
    if (!cJSON_IsString(node_)) return {};
    const std::string_view all = node_->valuestring;
    return is_marked_number(node_) ? all.substr(1) : all;
}

std::string_view View::name() const {
    return node_->string == nullptr ? "" : node_->string;
}

View View::member(std::string_view name) const {
    if (node_ == nullptr) return View();
    for (const auto* child = node_->child; child != nullptr; child = child->next) {
        if (child->string != nullptr && name == child->string) return View(child);
    }
    return View();
}

void View::for_each(const std::function<void(View)>& visit) const {
    if (node_ == nullptr) return;
    for (const auto* child = node_->child; child != nullptr; child = child->next) visit(View(child));
}

std::size_t View::size() const {
    return node_ == nullptr ? 0 : static_cast<std::size_t>(cJSON_GetArraySize(node_));
}

std::string View::dump() const {
    std::string out;
    append(out, *this);
    return out;
}

void Document::Delete::operator()(cJSON* node) const {
    cJSON_Delete(node);
}

Document parse(std::string_view text) {
    const auto scanned = scan(text);
    const char* end = nullptr;
    Document document;
    document.root_.reset(cJSON_ParseWithLengthOpts(scanned.c_str(), scanned.size() + 1, &end, 1));
    if (!document.root_) {
        const auto at = end == nullptr ? 0 : static_cast<std::size_t>(end - scanned.c_str());
        throw Error(ErrorCode::invalid_json, text.empty()
                                                 ? std::string("The body is empty; it must be a JSON object.")
                                                 : "The body is not valid JSON: it breaks off or goes wrong "
                                                   "near byte " +
                                                       std::to_string(at) + ".");
    }
    return document;
}

Value Value::object() {
    return Value(made(cJSON_CreateObject()));
}
Value Value::array() {
    return Value(made(cJSON_CreateArray()));
}
Value Value::null() {
    return Value(made(cJSON_CreateNull()));
}
Value Value::boolean(bool value) {
    return Value(made(cJSON_CreateBool(value)));
}
Value Value::integer(std::int64_t value) {
    return Value(made(cJSON_CreateRaw(std::to_string(value).c_str())));
}
Value Value::string(std::string_view text) {
    return Value(made(cJSON_CreateString(std::string(text).c_str())));
}

Value Value::string_or_null(const std::optional<std::string>& text) {
    return text ? string(*text) : null();
}

Value Value::string_or_null_if_empty(std::string_view text) {
    return text.empty() ? null() : string(text);
}

Value Value::raw(std::string_view json) {
    return Value(made(cJSON_CreateRaw(std::string(json).c_str())));
}

Value::Value(Value&& other) noexcept : node_(other.node_) {
    other.node_ = nullptr;
}

Value& Value::operator=(Value&& other) noexcept {
    std::swap(node_, other.node_);
    return *this;
}

Value::~Value() {
    cJSON_Delete(node_);
}

Value& Value::set(const char* literal_name, Value value) {
    cJSON_AddItemToObjectCS(node_, literal_name, value.node_);
    value.node_ = nullptr;
    return *this;
}

Value& Value::set_copied(std::string_view name, Value value) {
    cJSON_AddItemToObject(node_, std::string(name).c_str(), value.node_);
    value.node_ = nullptr;
    return *this;
}

Value& Value::push(Value value) {
    cJSON_AddItemToArray(node_, value.node_);
    value.node_ = nullptr;
    return *this;
}

std::string Value::dump() const {
    const std::unique_ptr<char, decltype(&cJSON_free)> printed(cJSON_PrintUnformatted(node_), cJSON_free);
    if (!printed) throw std::bad_alloc();
    return printed.get();
}

}  // namespace crane::json
