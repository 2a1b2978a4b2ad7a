#include "shared/json/json.h"

#include <cjson/cJSON.h>

#include "shared/base/error.h"
#include "shared/json/scan.h"

namespace crane::json {
namespace {

bool is_marked_number(const cJSON* node) {
    return cJSON_IsString(node) && node->valuestring[0] == number_mark;
}

// RFC 8259 section 7: what must be escaped is; everything else is UTF-8 as it stands.
void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // where the text that needs no escape begins
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        out += '\\';
        switch (c) {
            case '\b':
                out += 'b';
                break;
            case '\f':
                out += 'f';
                break;
            case '\n':
                out += 'n';
                break;
            case '\r':
                out += 'r';
                break;
            case '\t':
                out += 't';
                break;
            case '"':
            case '\\':
                out += static_cast<char>(c);
                break;
            default:
                out += "u00";
                out += hex[c >> 4U];
                out += hex[c & 0xfU];
        }
    }
    out.append(text, plain);
    out += '"';
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
    return {Kind::object, "{"};
}
Value Value::array() {
    return {Kind::array, "["};
}
Value Value::null() {
    return {Kind::null, "null"};
}
Value Value::boolean(bool value) {
    return {Kind::boolean, value ? "true" : "false"};
}
Value Value::integer(std::int64_t value) {
    return {Kind::number, std::to_string(value)};
}
Value Value::string(std::string_view text) {
    Value value{Kind::string, {}};
    append_quoted(value.text_, text);
    return value;
}

Value Value::string_or_null(const std::optional<std::string>& text) {
    return text ? string(*text) : null();
}

Value Value::string_or_null_if_empty(std::string_view text) {
    return text.empty() ? null() : string(text);
}

Value Value::raw(std::string_view json) {
    return {Kind::string, std::string(json)};
}

void Value::append_comma() {
    if (text_.size() > 1) text_ += ',';
}

void Value::append_to(std::string& out) const {
    out += text_;
    if (kind_ == Kind::object) out += '}';
    if (kind_ == Kind::array) out += ']';
}

Value& Value::set(const char* literal_name, Value&& value) {
    append_comma();
    text_ += '"';
    text_ += literal_name;
    text_ += "\":";
    value.append_to(text_);
    return *this;
}

Value& Value::set(const char* literal_name, std::string_view text) {
    append_comma();
    text_ += '"';
    text_ += literal_name;
    text_ += "\":";
    append_quoted(text_, text);
    return *this;
}

Value& Value::set_copied(std::string_view name, Value&& value) {
    append_comma();
    append_quoted(text_, name);
    text_ += ':';
    value.append_to(text_);
    return *this;
}

Value& Value::push(Value&& value) {
    append_comma();
    value.append_to(text_);
    return *this;
}

std::string Value::dump() const& {
    std::string out;
    out.reserve(text_.size() + 1);
    append_to(out);
    return out;
}

std::string Value::dump() && {
    if (kind_ == Kind::object) text_ += '}';
    if (kind_ == Kind::array) text_ += ']';
    kind_ = Kind::string;
    return std::move(text_);
}

}  // namespace crane::json
