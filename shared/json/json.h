// JSON (RFC 8259) by cJSON, with what an accounting API needs besides: exact
// numbers, strict text, bounded depth. No number passes through a double on
// its way in: parse() keeps the digits as they were sent.
//
// A Document or Value belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct cJSON;

namespace crane::json {

constexpr int most_depth = 32;

enum class Kind { null, boolean, number, string, array, object };

// A look at a part of a Document; valid as long as the Document is.
class View {
public:
    explicit View(const cJSON* node = nullptr) : node_(node) {}

    bool exists() const { return node_ != nullptr; }
    Kind kind() const;
    bool is_null() const { return !exists() || kind() == Kind::null; }
    bool boolean() const;
    // A string's characters, or a number's digits exactly as they were sent;
    // empty for anything else.
    std::string_view text() const;
    std::string_view name() const;  // the key under which an object holds this
    View member(std::string_view name) const;
    void for_each(const std::function<void(View)>& visit) const;
    std::size_t size() const;
    // The JSON text of this part, numbers as they were sent.
    std::string dump() const;

private:
    const cJSON* node_;
};

class Document {
public:
    View root() const { return View(root_.get()); }

private:
    struct Delete {
        void operator()(cJSON* node) const;
    };
    friend Document parse(std::string_view text);
    std::unique_ptr<cJSON, Delete> root_;
};

// Throws Error{invalid_json} that says what is wrong and at which byte: broken
// syntax, invalid UTF-8, more than most_depth levels, a NUL, trailing text.
Document parse(std::string_view text);

// A value being built: text from the start, so that a reply of a hundred
// resources costs no tree. Literal names are names that need no escape.
class Value {
public:
    static Value object();
    static Value array();
    static Value null();
    static Value boolean(bool value);
    static Value integer(std::int64_t value);
    static Value string(std::string_view text);
    static Value string_or_null(const std::optional<std::string>& text);
    static Value string_or_null_if_empty(std::string_view text);
    // Text that is JSON already (stored replies, metadata): kept as it stands.
    static Value raw(std::string_view json);

    // Of an object.
    Value& set(const char* literal_name, Value&& value);
    Value& set(const char* literal_name, std::string_view text);
    Value& set_copied(std::string_view name, Value&& value);
    // Of an array.
    Value& push(Value&& value);
    // No spaces, UTF-8 as it is.
    std::string dump() const&;
    std::string dump() &&;

private:
    Value(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}
    void append_comma();
    void append_to(std::string& out) const;

    Kind kind_;
    std::string text_;  // of an object or an array: without its closing bracket
};

}  // namespace crane::json
