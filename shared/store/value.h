// What is bound to a placeholder of a statement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "shared/base/date.h"
#include "shared/base/hash.h"
#include "shared/base/id.h"
#include "shared/base/money.h"

namespace crane::store {

// Text that the caller keeps alive until the statement has run, or owns here.
class Value {
public:
    Value(std::nullptr_t) {}
    Value(bool value) : content_(std::int64_t{value ? 1 : 0}) {}
    Value(int value) : content_(std::int64_t{value}) {}
    Value(std::int64_t value) : content_(value) {}
    Value(std::uint32_t value) : content_(std::int64_t{value}) {}
    Value(Money value) : content_(value.minor_units) {}
    Value(const char* text) : content_(std::string_view(text)) {}
    Value(std::string_view text) : content_(text) {}
    Value(const std::string& text) : content_(std::string_view(text)) {}
    Value(std::string&& text) : content_(std::move(text)) {}
    Value(Date date) : content_(format_date(date)) {}
    Value(Timestamp timestamp) : content_(format_timestamp_sql(timestamp)) {}
    Value(const Digest& digest) : content_(std::string(as_view(digest))) {}
    Value(const IdBytes& bytes)
        : content_(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())) {}
    template <typename Noun>
    Value(const Id<Noun>& id) : Value(id.bytes) {}
    template <typename Content>
    Value(const std::optional<Content>& content) {
        if (content) *this = Value(*content);
    }

    bool is_null() const { return std::holds_alternative<std::monostate>(content_); }
    const std::int64_t* integer() const { return std::get_if<std::int64_t>(&content_); }
    std::string_view text() const {
        if (const auto* view = std::get_if<std::string_view>(&content_)) return *view;
        return std::get<std::string>(content_);
    }

private:
    std::variant<std::monostate, std::int64_t, std::string_view, std::string> content_;
};

}  // namespace crane::store
