// Reads an object field by field and collects every fault instead of stopping
// at the first, so that a client hears of all of them at once.
//
// A reader asks for each field that exists; finish() then names the fields
// that nobody asked for. Asked on no body at all (a probe), it records the
// names: so the programs themselves tell which fields they take.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/date.h"
#include "shared/base/error.h"
#include "shared/base/id.h"
#include "shared/json/json.h"

namespace crane::json {

// What a field may be: optional and nullable differ in whether null is taken.
enum class Presence { optional, nullable, required };

// A field of a change: not named (left alone), null (cleared), or a value.
template <typename Content>
struct Field {
    bool is_given = false;
    std::optional<Content> content;

    bool has_value() const { return content.has_value(); }
};

struct ReaderState {
    std::vector<Fault> faults;
    bool is_probe = false;
    std::vector<std::string> asked;  // paths, in a probe
};

class Reader {
public:
    // `object` must outlive the reader. A root that is no object is a fault.
    Reader(View object, ReaderState& state, std::string path = {});

    // Characters, not bytes, are counted. An empty required text is a fault.
    Field<std::string> text(const char* name, std::size_t most, Presence presence = Presence::nullable);
    Field<std::string> choice(const char* name, std::initializer_list<std::string_view> choices,
                              Presence presence = Presence::optional);
    Field<bool> boolean(const char* name);
    Field<std::int64_t> integer(const char* name, std::int64_t least, std::int64_t most,
                                Presence presence = Presence::optional);
    Field<Date> date(const char* name, Presence presence = Presence::optional);
    Field<Timestamp> timestamp(const char* name);
    // The digits of an amount or a rate, from a string or a number of at most
    // 15 significant digits. The currency's decimals are checked later.
    Field<std::string> decimal_text(const char* name, Presence presence = Presence::optional);
    // A flat object of up to 50 strings of up to 500 characters: its JSON text.
    Field<std::string> metadata(const char* name = "metadata");

    template <typename Noun>
    Field<Id<Noun>> id(const char* name, Presence presence = Presence::nullable) {
        const auto given = id_text(name, presence, Noun::prefix);
        Field<Id<Noun>> field;
        field.is_given = given.is_given;
        if (!given.has_value()) return field;
        // A well-formed prefix with a malformed rest reads as an id that no
        // row has, so it is answered like any absent one.
        field.content = parse_id<Noun>(*given.content).value_or(Id<Noun>{});
        return field;
    }

    // Each element an object; `read` is called once for each (once in a probe).
    // Returns how many elements there were.
    std::size_t objects(const char* name, std::size_t least, std::size_t most, Presence presence,
                        const std::function<void(Reader&, std::size_t)>& read);
    // Each element a text of at most `most_characters`.
    Field<std::vector<std::string>> texts(const char* name, std::size_t most, std::size_t most_characters);
    // A member object read by `read`.
    bool object(const char* name, const std::function<void(Reader&)>& read);
    // Any value, as it stands.
    View view(const char* name, Presence presence = Presence::optional);

    void fault(std::string_view name, std::string message);
    bool has_faults() const { return !state_->faults.empty(); }
    // Whether the field is there and not null; does not ask for it.
    bool has_value(std::string_view name) const { return !object_.member(name).is_null(); }
    // The faults of this object, taken out of the state: they are told elsewhere.
    std::vector<Fault> take_faults();
    // False when there is no object to read: that is a fault already.
    bool is_readable() const { return object_.exists(); }
    // The object's own JSON text.
    std::string dump() const { return object_.dump(); }
    // The path of a field of this object, as a fault names it.
    std::string path_of(std::string_view name) const;
    // Names unknown and repeated fields. Call when every field was asked for.
    void finish();

private:
    View ask(const char* name, Presence presence);
    Field<std::string> id_text(const char* name, Presence presence, std::string_view prefix);

    View object_;
    ReaderState* state_;
    std::string path_;
    std::vector<std::string_view> known_;
    bool is_finished_ = false;
    std::size_t faults_before_;
};

}  // namespace crane::json
