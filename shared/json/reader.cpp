#include "shared/json/reader.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "shared/base/text.h"

namespace crane::json {
namespace {

std::string list_of(std::initializer_list<std::string_view> choices) {
    std::string text;
    for (const auto choice : choices) {
        if (!text.empty()) text += ", ";
        text += choice;
    }
    return text;
}

// Digits without leading zeros and without trailing zeros behind the point.
std::size_t significant_digits(std::string_view number) {
    std::string digits;
    for (const char c : number) {
        if (c >= '0' && c <= '9') digits += c;
    }
    const auto first = digits.find_first_not_of('0');
    return first == std::string::npos ? 0 : digits.size() - first;
}

constexpr std::size_t most_members = 200;
constexpr std::size_t most_metadata = 50;
constexpr std::size_t most_metadata_name = 40;
constexpr std::size_t most_metadata_value = 500;

}  // namespace

Reader::Reader(View object, ReaderState& state, std::string path)
    : object_(object), state_(&state), path_(std::move(path)), faults_before_(state.faults.size()) {
    if (state.is_probe) return;
    if (!object_.exists() || object_.kind() != Kind::object) {
        fault("", "must be a JSON object");
        object_ = View();
    } else if (object_.size() > most_members) {
        fault("", "has more than 200 members");  // looking names up is quadratic
        object_ = View();
    }
}

std::string Reader::path_of(std::string_view name) const {
    if (path_.empty()) return std::string(name);
    return name.empty() ? path_ : path_ + "." + std::string(name);
}

void Reader::fault(std::string_view name, std::string message) {
    state_->faults.push_back({path_of(name), std::move(message)});
}

View Reader::ask(const char* name, Presence presence) {
    known_.emplace_back(name);
    if (state_->is_probe) {
        state_->asked.push_back(path_of(name));
        return View();
    }
    const auto member = object_.member(name);
    if (presence == Presence::required && member.is_null() && object_.exists()) fault(name, "is required");
    if (presence == Presence::optional && member.exists() && member.is_null())
        fault(name, "must not be null");
    return member;
}

Field<std::string> Reader::text(const char* name, std::size_t most, Presence presence) {
    const auto member = ask(name, presence);
    Field<std::string> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() != Kind::string) {
        fault(name, "must be a string");
        return field;
    }
    const auto content = member.text();
    if (presence == Presence::required && trim(content).empty()) fault(name, "must not be empty");
    const auto length = count_characters(content);
    if (length > most) {
        fault(name, "has " + std::to_string(length) + " characters; at most " + std::to_string(most) +
                        " are allowed");
        return field;
    }
    field.content = std::string(content);
    return field;
}

Field<std::string> Reader::choice(const char* name, std::initializer_list<std::string_view> choices,
                                  Presence presence) {
    const auto member = ask(name, presence);
    Field<std::string> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() == Kind::string && std::ranges::find(choices, member.text()) != choices.end()) {
        field.content = std::string(member.text());
    } else {
        fault(name, "must be one of " + list_of(choices));
    }
    return field;
}

Field<bool> Reader::boolean(const char* name) {
    const auto member = ask(name, Presence::optional);
    Field<bool> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() == Kind::boolean) {
        field.content = member.boolean();
    } else {
        fault(name, "must be true or false");
    }
    return field;
}

Field<std::int64_t> Reader::integer(const char* name, std::int64_t least, std::int64_t most,
                                    Presence presence) {
    const auto member = ask(name, presence);
    Field<std::int64_t> field{member.exists(), {}};
    if (member.is_null()) return field;
    std::int64_t number = 0;
    const auto digits = member.kind() == Kind::number ? member.text() : std::string_view();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || number < least ||
        number > most) {
        fault(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
        return field;
    }
    field.content = number;
    return field;
}

Field<Date> Reader::date(const char* name, Presence presence) {
    const auto member = ask(name, presence);
    Field<Date> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() == Kind::string) field.content = parse_date(member.text());
    if (!field.has_value()) fault(name, "must be a date that exists, as YYYY-MM-DD");
    return field;
}

Field<Timestamp> Reader::timestamp(const char* name) {
    const auto member = ask(name, Presence::nullable);
    Field<Timestamp> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() == Kind::string) field.content = parse_utc_timestamp(member.text());
    if (!field.has_value())
        fault(name, "must be a time in UTC as RFC 3339 writes it, such as 2026-01-31T09:30:00Z");
    return field;
}

Field<std::string> Reader::decimal_text(const char* name, Presence presence) {
    const auto member = ask(name, presence);
    Field<std::string> field{member.exists(), {}};
    if (member.is_null()) return field;
    const auto kind = member.kind();
    if (kind != Kind::string && kind != Kind::number) {
        fault(name, "must be a decimal string such as \"1250.00\"");
        return field;
    }
    if (kind == Kind::number && significant_digits(member.text()) > 15) {
        fault(name, "has more than 15 significant digits; send it as a string");
        return field;
    }
    field.content = std::string(member.text());
    return field;
}

Field<std::string> Reader::metadata(const char* name) {
    const auto member = ask(name, Presence::nullable);
    Field<std::string> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() != Kind::object) {
        fault(name, "must be a flat object of strings");
        return field;
    }
    if (member.size() > most_metadata) {
        fault(name, "has more than 50 entries");
        return field;
    }
    std::vector<std::string_view> names;
    member.for_each([&](View entry) {
        const auto path = std::string(name) + "." + std::string(entry.name());
        if (entry.kind() != Kind::string) return fault(path, "must be a string");
        if (std::ranges::find(names, entry.name()) != names.end()) return fault(path, "is given twice");
        names.push_back(entry.name());
        if (entry.name().empty() || count_characters(entry.name()) > most_metadata_name) {
            fault(path, "must have a name of 1 to 40 characters");
        }
        if (count_characters(entry.text()) > most_metadata_value) fault(path, "has more than 500 characters");
    });
    field.content = member.dump();
    return field;
}

Field<std::string> Reader::id_text(const char* name, Presence presence, std::string_view prefix) {
    const auto member = ask(name, presence);
    Field<std::string> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() != Kind::string) {
        fault(name, "must be an id that begins with " + std::string(prefix) + "_");
        return field;
    }
    field.content = std::string(member.text());
    return field;
}

std::size_t Reader::objects(const char* name, std::size_t least, std::size_t most, Presence presence,
                            const std::function<void(Reader&, std::size_t)>& read) {
    const auto member = ask(name, presence);
    if (state_->is_probe) {
        Reader element(View(), *state_, path_of(name) + "[]");
        read(element, 0);
        return 1;
    }
    if (member.is_null()) return 0;
    if (member.kind() != Kind::array) {
        fault(name, "must be an array of objects");
        return 0;
    }
    const auto count = member.size();
    if (count < least || count > most) {
        fault(name, "has " + std::to_string(count) + " elements; " + std::to_string(least) + " to " +
                        std::to_string(most) + " are allowed");
        return count;
    }
    std::size_t index = 0;
    member.for_each([&](View child) {
        Reader element(child, *state_, path_of(name) + "[" + std::to_string(index) + "]");
        read(element, index);
        element.finish();
        ++index;
    });
    return count;
}

Field<std::vector<std::string>> Reader::texts(const char* name, std::size_t most,
                                              std::size_t most_characters) {
    const auto member = ask(name, Presence::optional);
    Field<std::vector<std::string>> field{member.exists(), {}};
    if (member.is_null()) return field;
    if (member.kind() != Kind::array || member.size() > most) {
        fault(name, "must be an array of at most " + std::to_string(most) + " strings");
        return field;
    }
    std::vector<std::string> texts;
    member.for_each([&](View child) {
        const auto path = std::string(name) + "[" + std::to_string(texts.size()) + "]";
        if (child.kind() != Kind::string || count_characters(child.text()) > most_characters) {
            fault(path, "must be a string of at most " + std::to_string(most_characters) + " characters");
            texts.emplace_back();
        } else {
            texts.emplace_back(child.text());
        }
    });
    field.content = std::move(texts);
    return field;
}

bool Reader::object(const char* name, const std::function<void(Reader&)>& read) {
    const auto member = ask(name, Presence::nullable);
    if (member.is_null() && !state_->is_probe) return false;
    Reader inner(member, *state_, path_of(name));
    read(inner);
    inner.finish();
    return true;
}

View Reader::view(const char* name, Presence presence) {
    return ask(name, presence);
}

std::vector<Fault> Reader::take_faults() {
    const auto begin = state_->faults.begin() + static_cast<std::ptrdiff_t>(faults_before_);
    std::vector<Fault> taken(std::make_move_iterator(begin), std::make_move_iterator(state_->faults.end()));
    state_->faults.erase(begin, state_->faults.end());
    return taken;
}

void Reader::finish() {
    if (state_->is_probe || is_finished_) return;
    is_finished_ = true;
    std::vector<std::string_view> seen;
    object_.for_each([&](View member) {
        if (std::ranges::find(seen, member.name()) != seen.end()) {
            fault(member.name(), "is given twice");
            return;
        }
        seen.push_back(member.name());
        if (std::ranges::find(known_, member.name()) == known_.end()) {
            fault(member.name(), "is not a field of this request");
        }
    });
}

}  // namespace crane::json
