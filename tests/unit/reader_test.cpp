// The reader finds every fault of a body at once, and in a probe tells which fields it would take.
#include "shared/json/reader.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace crane::json {
namespace {

using Read = std::function<void(Reader&)>;

// "field: message" of each fault, in order, one a line.
std::string faults(std::string_view text, const Read& read) {
    const auto document = parse(text);
    ReaderState state;
    Reader reader(document.root(), state);
    read(reader);
    reader.finish();
    std::string told;
    for (const auto& [field, message] : state.faults)
        told.append(told.empty() ? "" : "\n").append(field).append(": ").append(message);
    return told;
}

struct Row {
    std::string text;
    const char* faults;  // empty: none
};

void expect(const Read& read, const std::vector<Row>& rows) {
    for (const auto& row : rows) EXPECT_EQ(faults(row.text, read), row.faults) << row.text;
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
}

std::string entries(std::size_t count) {
    std::string text = R"({"m":{)";
    for (std::size_t i = 0; i < count; ++i)
        text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + R"(":"v")";
    return text + "}}";
}

TEST(Reader, Text) {
    const Read nullable = [](Reader& reader) { reader.text("a", 3); };
    expect(nullable, {
                         {"{}", ""},
                         {R"({"a":null})", ""},
                         {R"({"a":""})", ""},
                         {R"({"a":"abc"})", ""},
                         {"{\"a\":\"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x8F\xA6\"}", ""},  // characters, not bytes
                         {R"({"a":"abcd"})", "a: has 4 characters; at most 3 are allowed"},
                         {R"({"a":1})", "a: must be a string"},
                         {R"({"a":true})", "a: must be a string"},
                         {R"({"a":[]})", "a: must be a string"},
                         {R"({"a":{}})", "a: must be a string"},
                     });
    const Read optional = [](Reader& reader) { reader.text("a", 3, Presence::optional); };
    expect(optional, {
                         {"{}", ""},
                         {R"({"a":""})", ""},
                         {R"({"a":null})", "a: must not be null"},
                     });
    const Read required = [](Reader& reader) { reader.text("a", 3, Presence::required); };
    expect(required, {
                         {R"({"a":"abc"})", ""},
                         {"{}", "a: is required"},
                         {R"({"a":null})", "a: is required"},
                         {R"({"a":""})", "a: must not be empty"},
                         {R"({"a":" \t"})", "a: must not be empty"},
                         {R"({"a":1})", "a: must be a string"},
                     });
}

TEST(Reader, Choice) {
    const Read read = [](Reader& reader) { reader.choice("a", {"debit", "credit"}, Presence::required); };
    expect(read, {
                     {R"({"a":"debit"})", ""},
                     {R"({"a":"credit"})", ""},
                     {"{}", "a: is required"},
                     {R"({"a":"Debit"})", "a: must be one of debit, credit"},
                     {R"({"a":""})", "a: must be one of debit, credit"},
                     {R"({"a":1})", "a: must be one of debit, credit"},
                 });
}

TEST(Reader, Boolean) {
    const Read read = [](Reader& reader) { reader.boolean("a"); };
    expect(read, {
                     {"{}", ""},
                     {R"({"a":null})", "a: must not be null"},
                     {R"({"a":true})", ""},
                     {R"({"a":false})", ""},
                     {R"({"a":"true"})", "a: must be true or false"},
                     {R"({"a":1})", "a: must be true or false"},
                 });
}

TEST(Reader, Integer) {
    const char* const fault = "a: must be a whole number from -1 to 100";
    const Read read = [](Reader& reader) { reader.integer("a", -1, 100); };
    expect(read, {
                     {"{}", ""},
                     {R"({"a":null})", "a: must not be null"},
                     {R"({"a":-1})", ""},
                     {R"({"a":0})", ""},
                     {R"({"a":100})", ""},
                     {R"({"a":-2})", fault},
                     {R"({"a":101})", fault},
                     {R"({"a":1.0})", fault},
                     {R"({"a":1e1})", fault},
                     {R"({"a":"1"})", fault},
                     {R"({"a":true})", fault},
                     {R"({"a":9223372036854775808})", fault},
                     {R"({"a":99999999999999999999})", fault},
                 });
}

TEST(Reader, Date) {
    const char* const fault = "a: must be a date that exists, as YYYY-MM-DD";
    const Read read = [](Reader& reader) { reader.date("a", Presence::required); };
    expect(read, {
                     {R"({"a":"2024-02-29"})", ""},
                     {"{}", "a: is required"},
                     {R"({"a":"2023-02-29"})", fault},
                     {R"({"a":"2023-2-9"})", fault},
                     {R"({"a":"2023-02-09T00:00:00Z"})", fault},
                     {R"({"a":""})", fault},
                     {R"({"a":20230209})", fault},
                 });
}

TEST(Reader, Timestamp) {
    const char* const fault = "a: must be a time in UTC as RFC 3339 writes it, such as 2026-01-31T09:30:00Z";
    const Read read = [](Reader& reader) { reader.timestamp("a"); };
    expect(read, {
                     {"{}", ""},
                     {R"({"a":"2026-01-31T09:30:00Z"})", ""},
                     {R"({"a":null})", ""},
                     {R"({"a":"2026-01-31T09:30:00.123456Z"})", ""},
                     {R"({"a":"2026-01-31T09:30:00+01:00"})", fault},
                     {R"({"a":"2026-01-31T09:30:00+00:00"})", fault},
                     {R"({"a":"2026-01-31"})", fault},
                     {R"({"a":"2026-01-31 09:30:00"})", fault},
                     {R"({"a":1769851800})", fault},
                 });
}

TEST(Reader, DecimalText) {
    const Read read = [](Reader& reader) { reader.decimal_text("a", Presence::required); };
    const char* const kind = "a: must be a decimal string such as \"1250.00\"";
    const char* const digits = "a: has more than 15 significant digits; send it as a string";
    expect(read, {
                     {R"({"a":"1250.00"})", ""},
                     {R"({"a":"12345678901234567890.12"})", ""},  // the currency's range is checked later
                     {R"({"a":1250.00})", ""},
                     {R"({"a":0.00000001})", ""},
                     {R"({"a":-0.00})", ""},
                     {R"({"a":123456789012345})", ""},
                     {R"({"a":1234567890123.45})", ""},
                     {R"({"a":0.000123456789012345})", ""},
                     {"{}", "a: is required"},
                     {R"({"a":1234567890123456})", digits},
                     {R"({"a":12345678901234.56})", digits},
                     {R"({"a":true})", kind},
                     {R"({"a":["1"]})", kind},
                 });
    ReaderState state;
    const auto document = parse(R"({"a":1250.00,"b":"1250.00"})");
    Reader reader(document.root(), state);
    EXPECT_EQ(reader.decimal_text("a").content, "1250.00");
    EXPECT_EQ(reader.decimal_text("b").content, "1250.00");
}

TEST(Reader, Metadata) {
    const Read read = [](Reader& reader) { reader.metadata("m"); };
    const auto long_name = repeated("n", 41);
    const std::string named = "m." + long_name + ": must have a name of 1 to 40 characters";
    expect(read, {
                     {"{}", ""},
                     {R"({"m":null})", ""},
                     {R"({"m":{}})", ""},
                     {R"({"m":{"a":"1","b":""}})", ""},
                     {entries(50), ""},
                     {R"({"m":{"a":")" + repeated("\xC3\xBC", 500) + R"("}})", ""},
                     {R"({"m":{")" + repeated("n", 40) + R"(":"v"}})", ""},
                     {R"({"m":[]})", "m: must be a flat object of strings"},
                     {R"({"m":"a"})", "m: must be a flat object of strings"},
                     {R"({"m":{"a":1}})", "m.a: must be a string"},
                     {R"({"m":{"a":null}})", "m.a: must be a string"},
                     {R"({"m":{"a":{}}})", "m.a: must be a string"},
                     {R"({"m":{"a":"1","a":"2"}})", "m.a: is given twice"},
                     {R"({"m":{"":"1"}})", "m.: must have a name of 1 to 40 characters"},
                     {R"({"m":{")" + long_name + R"(":"v"}})", named.c_str()},
                     {R"({"m":{"a":")" + repeated("v", 501) + R"("}})", "m.a: has more than 500 characters"},
                     {entries(51), "m: has more than 50 entries"},
                     {R"({"m":{"a":1,"b":2}})", "m.a: must be a string\nm.b: must be a string"},
                 });
    ReaderState state;
    const auto document = parse(R"({"m": {"a" : "1", "b" : "\u00fc"}})");
    EXPECT_EQ(Reader(document.root(), state).metadata("m").content, "{\"a\":\"1\",\"b\":\"\xC3\xBC\"}");
}

TEST(Reader, Id) {
    const Read read = [](Reader& reader) { reader.id<AccountNoun>("a", Presence::required); };
    expect(read, {
                     {R"({"a":")" + to_text(make_id<AccountNoun>()) + R"("})", ""},
                     {R"({"a":"nonsense"})", ""},  // like an absent one: whoever looks it up finds none
                     {"{}", "a: is required"},
                     {R"({"a":1})", "a: must be an id that begins with act_"},
                     {R"({"a":{}})", "a: must be an id that begins with act_"},
                 });
    const auto id = make_id<AccountNoun>();
    ReaderState state;
    const auto document = parse(R"({"a":")" + to_text(id) + R"(","b":"txn_1","c":null})");
    Reader reader(document.root(), state);
    EXPECT_EQ(reader.id<AccountNoun>("a").content, id);
    EXPECT_EQ(reader.id<AccountNoun>("b").content, AccountId{});
    EXPECT_EQ(reader.id<AccountNoun>("c").content, std::nullopt);
}

TEST(Reader, Texts) {
    const char* const fault = "a: must be an array of at most 2 strings";
    const Read read = [](Reader& reader) { reader.texts("a", 2, 3); };
    expect(read, {
                     {"{}", ""},
                     {R"({"a":null})", "a: must not be null"},
                     {R"({"a":[]})", ""},
                     {R"({"a":["abc",""]})", ""},
                     {R"({"a":["a","b","c"]})", fault},
                     {R"({"a":"a"})", fault},
                     {R"({"a":{}})", fault},
                     {R"({"a":["abcd",1]})",
                      "a[0]: must be a string of at most 3 characters\na[1]: must be a string of at most 3 "
                      "characters"},
                 });
}

TEST(Reader, Objects) {
    const Read read = [](Reader& reader) {
        reader.objects("a", 2, 3, Presence::required,
                       [](Reader& element, std::size_t) { element.text("b", 3, Presence::required); });
    };
    expect(read,
           {
               {R"({"a":[{"b":"1"},{"b":"2"}]})", ""},
               {R"({"a":[{"b":"1"},{"b":"2"},{"b":"3"}]})", ""},
               {"{}", "a: is required"},
               {R"({"a":null})", "a: is required"},
               {R"({"a":{}})", "a: must be an array of objects"},
               {R"({"a":"b"})", "a: must be an array of objects"},
               {R"({"a":[]})", "a: has 0 elements; 2 to 3 are allowed"},
               {R"({"a":[{"b":"1"}]})", "a: has 1 elements; 2 to 3 are allowed"},
               {R"({"a":[{},{},{},{}]})", "a: has 4 elements; 2 to 3 are allowed"},
               {R"({"a":[{"b":1},{"b":"2","c":3},{}]})",
                "a[0].b: must be a string\na[1].c: is not a field of this request\na[2].b: is required"},
               {R"({"a":[1,null,{"b":"1"}]})", "a[0]: must be a JSON object\na[1]: must be a JSON object"},
           });
    // The elements come in order, each with its number.
    ReaderState state;
    const auto document = parse(R"({"a":[{"b":"x"},{"b":"y"}]})");
    Reader reader(document.root(), state);
    std::string seen;
    EXPECT_EQ(reader.objects("a", 1, 9, Presence::optional,
                             [&](Reader& element, std::size_t index) {
                                 seen += std::to_string(index) + element.text("b", 3).content.value();
                             }),
              2U);
    EXPECT_EQ(seen, "0x1y");
}

TEST(Reader, Object) {
    const Read read = [](Reader& reader) {
        reader.object(
            "a", [](Reader& inner) { inner.object("b", [](Reader& innermost) { innermost.boolean("c"); }); });
    };
    expect(read, {
                     {"{}", ""},
                     {R"({"a":null})", ""},
                     {R"({"a":{}})", ""},
                     {R"({"a":{"b":{"c":true}}})", ""},
                     {R"({"a":1})", "a: must be a JSON object"},
                     {R"({"a":{"b":{"c":1,"d":2}}})",
                      "a.b.c: must be true or false\na.b.d: is not a field of this request"},
                 });
}

TEST(Reader, ABodyIsAnObject) {
    const Read read = [](Reader& reader) { reader.text("a", 3, Presence::required); };
    for (const char* text : {"null", "1", "\"a\"", "[]", "true"}) {
        EXPECT_EQ(faults(text, read), ": must be a JSON object") << text;
    }
}

TEST(Reader, UnknownAndRepeatedFields) {
    const Read read = [](Reader& reader) {
        reader.text("a", 3);
        reader.text("b", 3);
    };
    expect(read, {
                     {R"({"a":"1","b":"2"})", ""},
                     {R"({"c":1})", "c: is not a field of this request"},
                     {R"({"A":"1"})", "A: is not a field of this request"},
                     {R"({"":"1"})", ": is not a field of this request"},
                     {R"({"a":"1","a":"1"})", "a: is given twice"},
                     {R"({"a":"1","a":null})", "a: is given twice"},
                     {R"({"c":1,"c":2})", "c: is not a field of this request\nc: is given twice"},
                     {R"({"c":1,"a":2,"d":3,"b":"1234"})",
                      "a: must be a string\nb: has 4 characters; at most 3 are allowed\n"
                      "c: is not a field of this request\nd: is not a field of this request"},
                 });
    std::string many = "{";
    for (int i = 0; i < 201; ++i) many += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + "\":1";
    EXPECT_EQ(faults(many + "}", read), ": has more than 200 members");
}

TEST(Reader, FinishesOnce) {
    ReaderState state;
    const auto document = parse(R"({"x":1})");
    Reader reader(document.root(), state);
    reader.finish();
    reader.finish();
    EXPECT_EQ(state.faults.size(), 1U);
}

// Left alone, cleared, or set: a change tells them apart.
TEST(Reader, TellsAbsentFromNull) {
    ReaderState state;
    const auto document = parse(R"({"null":null,"set":"x"})");
    Reader reader(document.root(), state);
    const auto absent = reader.text("absent", 9);
    const auto cleared = reader.text("null", 9);
    const auto set = reader.text("set", 9);
    EXPECT_FALSE(absent.is_given);
    EXPECT_FALSE(absent.has_value());
    EXPECT_TRUE(cleared.is_given);
    EXPECT_FALSE(cleared.has_value());
    EXPECT_TRUE(set.is_given);
    EXPECT_EQ(set.content, "x");
    EXPECT_TRUE(reader.has_value("set"));
    EXPECT_FALSE(reader.has_value("null"));
    EXPECT_FALSE(reader.has_value("absent"));
    EXPECT_FALSE(reader.has_faults());
}

TEST(Reader, GivesUpItsOwnFaultsAndNoOthers) {
    ReaderState state;
    const auto document = parse(R"({"a":1,"entries":[{"b":2,"c":3},7]})");
    Reader reader(document.root(), state);
    reader.text("a", 9);
    std::vector<std::vector<Fault>> taken;
    std::vector<bool> readable;
    reader.objects("entries", 1, 9, Presence::optional, [&](Reader& element, std::size_t) {
        element.text("b", 9);
        element.finish();
        readable.push_back(element.is_readable());
        taken.push_back(element.take_faults());
    });
    EXPECT_EQ(readable, (std::vector<bool>{true, false}));
    ASSERT_EQ(taken.size(), 2U);
    const std::vector<Fault> first{{"entries[0].b", "must be a string"},
                                   {"entries[0].c", "is not a field of this request"}};
    EXPECT_EQ(taken[0], first);
    EXPECT_EQ(taken[1], (std::vector<Fault>{{"entries[1]", "must be a JSON object"}}));
    EXPECT_EQ(state.faults, (std::vector<Fault>{{"a", "must be a string"}}));
}

TEST(Reader, AProbeRecordsWhatIsAskedAndFindsNoFault) {
    ReaderState state;
    state.is_probe = true;
    Reader reader(View(), state);
    EXPECT_FALSE(reader.text("name", 9, Presence::required).is_given);
    reader.choice("type", {"a"}, Presence::required);
    reader.boolean("flag");
    reader.integer("count", 0, 1);
    reader.date("day", Presence::required);
    reader.timestamp("at");
    reader.decimal_text("amount", Presence::required);
    reader.metadata();
    reader.id<AccountNoun>("account_id", Presence::required);
    reader.texts("tags", 1, 1);
    reader.view("anything");
    const auto count =
        reader.objects("entries", 2, 9, Presence::required, [](Reader& element, std::size_t index) {
            EXPECT_EQ(index, 0U);
            element.text("memo", 9, Presence::required);
        });
    EXPECT_EQ(count, 1U);
    EXPECT_TRUE(reader.object("address", [](Reader& inner) { inner.text("city", 9); }));
    reader.finish();
    const std::vector<std::string> asked{
        "name",     "type",    "flag",           "count",      "day",
        "at",       "amount",  "metadata",       "account_id", "tags",
        "anything", "entries", "entries[].memo", "address",    "address.city"};
    EXPECT_EQ(state.asked, asked);
    EXPECT_TRUE(state.faults.empty());
}

}  // namespace
}  // namespace crane::json
