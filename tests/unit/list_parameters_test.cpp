// What a list can be asked for: tables of queries and what becomes of them.
#include "shared/app/list_parameters.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "shared/base/error.h"

namespace crane::app {
namespace {

using store::FieldType;

const store::Membership owned{{"things/owned",
                               "select o.thing_id as id from owners o where o.books_id = ? and o.id in "
                               "(/*list*/ ?)"},
                              {"things/owns",
                               "select o.thing_id as id from owners o where o.books_id = ? and o.id in "
                               "(/*list*/ ?)"},
                              "o.thing_id"};

const store::ListDefinition& definition() {
    static const store::ListDefinition things{
        .query = {"things/list", "select t.id /*from*/ from things t where t.books_id = ?"},
        .id_column = "t.id",
        .id_prefix = "act",
        .sorts = {{"created_at", "t.id"}, {"name", "t.name"}},
        .filters = {{"name", "t.name"},
                    {"status", "t.status", FieldType::text, false, {}, {}, {"open", "closed"}},
                    {"size", "t.size", FieldType::number, true},
                    {"day", "t.day", FieldType::date, true},
                    {"created_at", "t.created_at", FieldType::timestamp, true},
                    {"is_active", "t.is_active", FieldType::flag},
                    {.name = "owner_id",
                     .column = nullptr,
                     .type = FieldType::id,
                     .id_prefix = "con",
                     .membership = &owned},
                    {"currency_id", "t.currency_code", FieldType::currency}},
        .search_columns = {"t.name", "t.note"},
        .metadata_column = "t.metadata",
    };
    return things;
}

const store::ListDefinition& plain_definition() {
    static const store::ListDefinition things{
        .query = {"things/list", "select t.id /*from*/ from things t where t.books_id = ?"},
        .id_column = "t.id",
        .id_prefix = "act",
        .sorts = {{"name", "t.name"}},
        .is_default_descending = false,
    };
    return things;
}

const store::ListDefinition& indexed_definition() {
    static const store::ListDefinition things{
        .query = {"things/list", "select t.id /*from*/ from things t /*index*/ where t.books_id = ?"},
        .id_column = "t.id",
        .id_prefix = "act",
        .sorts = {{"created_at", "t.created_at", "things_by_created_at"}},
        .search_object = "thing",
    };
    return things;
}

Route route(const store::ListDefinition& (*list)()) {
    return {.method = "GET", .pattern = "/things", .permission = {}, .list = list, .query = {"include"}};
}

std::string told(const Error& error) {
    std::string text(error_kind(error.code()).name);
    for (const auto& [field, message] : error.faults)
        text.append("; ").append(field).append(": ").append(message);
    return text;
}

std::string text_of(const store::Value& value) {
    if (value.is_null()) return "null";
    if (const auto* integer = value.integer()) return std::to_string(*integer);
    const std::string text(value.text());
    return text.find_first_of(std::string("\0\x01\xFF", 3)) == std::string::npos ? text : "bytes";
}

// The request in one line: the conditions as "column comparison value,value", then what is not the default.
std::string outcome(std::string_view query, const store::ListDefinition& (*list)() = definition) {
    const auto parameters = http::parse_query(query).value();
    try {
        check_parameters(route(list), parameters);
        const auto request = read_list_request(list(), parameters);
        std::string text;
        for (const auto& condition : request.conditions) {
            text.append(text.empty() ? "" : "; ")
                .append(condition.column)
                .append(" ")
                .append(condition.comparison);
            for (std::size_t i = 0; i < condition.values.size(); ++i) {
                text.append(i == 0 ? " " : ",").append(text_of(condition.values[i]));
            }
            if (condition.membership != nullptr)
                text.append(" of ").append(condition.membership->source.name);
        }
        const auto add = [&](const std::string& more) { text.append(text.empty() ? "" : "; ").append(more); };
        if (request.limit != 20) add("limit " + std::to_string(request.limit));
        if (request.offset != 0) add("offset " + std::to_string(request.offset));
        if (std::string_view(request.sort.column) != list().sorts.front().column)
            add(std::string("by ") + request.sort.column);
        if (!request.is_descending) add("ascending");
        if (request.is_count_wanted) add("counted");
        if (request.starting_after) add("after " + text_of(*request.starting_after));
        if (request.ending_before) add("before " + text_of(*request.ending_before));
        return text;
    } catch (const Error& error) {
        return told(error);
    }
}

struct Row {
    std::string query;
    std::string outcome;
};

void expect(const std::vector<Row>& rows) {
    for (const auto& row : rows) EXPECT_EQ(outcome(row.query), row.outcome) << row.query;
}

const std::string id(25, '0');  // sixteen zero bytes

TEST(ListParameters, Paging) {
    const std::string limit = "invalid_request; limit: must be a whole number from 1 to 100";
    const std::string offset = "invalid_request; offset: must be a whole number from 0 to 100000";
    const std::string beyond =
        "invalid_request; offset: is beyond 100000; page with starting_after, whose cost does not grow";
    const std::string count = "invalid_request; count: must be true or false";
    expect({
        {"", ""},
        {"include=balances", ""},  // the route's own
        {"limit=1", "limit 1"},
        {"limit=100", "limit 100"},
        {"limit=0", limit},
        {"limit=101", limit},
        {"limit=-1", limit},
        {"limit=", limit},
        {"limit=ten", limit},
        {"limit=1.0", limit},
        {"limit=1e1", limit},
        {"limit=%2B1", limit},
        {"limit=+1", limit},
        {"limit=1%20", limit},
        {"limit=99999999999999999999", limit},
        {"offset=0", ""},
        {"offset=100000", "offset 100000"},
        {"offset=100001", beyond},
        {"offset=-1", offset},
        {"offset=x", offset},
        {"count=true", "counted"},
        {"count=false", ""},
        {"count=1", count},
        {"count=", count},
        {"limit=0&offset=-1&count=x",
         "invalid_request; limit: must be a whole number from 1 to 100; offset: must be a whole number from "
         "0 to 100000; "
         "count: must be true or false"},
    });
}

TEST(ListParameters, Cursors) {
    const std::string after = "invalid_request; starting_after: is not an id of this list";
    expect({
        {"starting_after=act_" + id, "after bytes"},
        {"ending_before=act_" + id, "before bytes"},
        {"starting_after=act_" + id + "&limit=5", "limit 5; after bytes"},
        {"starting_after=", after},
        {"starting_after=act_", after},
        {"starting_after=act_" + id.substr(1), after},
        {"starting_after=act_" + id + "0", after},
        {"starting_after=txn_" + id, after},
        {"starting_after=act" + id, after},
        {"starting_after=" + id, after},
        {"starting_after=act_" + std::string(25, 'z'), after},  // beyond 128 bits
        {"starting_after=act_" + std::string(25, 'A'), after},
        {"starting_after=act_" + id + "&ending_before=act_" + id,
         "invalid_request; ending_before: does not go with starting_after"},
        {"starting_after=act_" + id + "&offset=1", "invalid_request; offset: does not go with a cursor"},
        {"offset=1&ending_before=act_" + id, "invalid_request; offset: does not go with a cursor"},
        {"offset=0&ending_before=act_" + id, "before bytes"},
    });
}

TEST(ListParameters, Sorting) {
    const std::string fault =
        "invalid_request; sort: must be one of created_at, name, with - before it to descend";
    expect({
        {"sort=created_at", "ascending"},
        {"sort=-created_at", ""},
        {"sort=name", "by t.name; ascending"},
        {"sort=-name", "by t.name"},
        {"sort=", fault},
        {"sort=-", fault},
        {"sort=--name", fault},
        {"sort=Name", fault},
        {"sort=t.name", fault},
        {"sort=name,created_at", fault},
        {"sort=size", fault},
    });
}

TEST(ListParameters, Filters) {
    const auto misfit = [](const std::string& name, const std::string& value) {
        return "invalid_request; " + name + ": has the value \"" + value + "\", which does not fit";
    };
    std::string fifty = "name=0";
    for (int i = 1; i < 50; ++i) fifty += "," + std::to_string(i);
    expect({
        {"name=A", "t.name in A"},
        {"name=A,B", "t.name in A,B"},
        {"name=", "t.name in "},
        {"name=%25%27%22%3B--", "t.name in %'\";--"},
        {"name=" + std::string(255, 'a'), "t.name in " + std::string(255, 'a')},
        {"name=" + std::string(256, 'a'), misfit("name", std::string(256, 'a'))},
        {fifty + ",50", "invalid_request; name: has more than 50 values"},
        {"status=open", "t.status in open"},
        {"status=open,closed", "t.status in open,closed"},
        {"status=asleep", misfit("status", "asleep")},
        {"status=open,", misfit("status", "")},
        {"status=Open", misfit("status", "Open")},
        {"size[gte]=-5", "t.size >= -5"},
        {"size[gt]=5&size[lt]=9", "t.size > 5; t.size < 9"},
        {"size[lte]=9223372036854775807", "t.size <= 9223372036854775807"},
        {"size[lte]=9223372036854775808", misfit("size[lte]", "9223372036854775808")},
        {"size[lte]=1,2", misfit("size[lte]", "1,2")},
        {"day[gte]=2026-01-31", "t.day >= 2026-01-31"},
        {"day[gte]=2026-02-30", misfit("day[gte]", "2026-02-30")},
        {"created_at[lt]=2026-01-31T09:30:00Z", "t.created_at < 2026-01-31 09:30:00.000000"},
        {"created_at[lt]=2026-01-31T09:30:00%2B01:00", misfit("created_at[lt]", "2026-01-31T09:30:00+01:00")},
        {"created_at[lt]=2026-01-31", misfit("created_at[lt]", "2026-01-31")},
        {"is_active=true", "t.is_active in 1"},
        {"is_active=false", "t.is_active in 0"},
        {"is_active=1", misfit("is_active", "1")},
        {"owner_id=con_" + id, " member bytes of things/owned"},
        {"owner_id=con_" + id + ",con_" + id, " member bytes,bytes of things/owned"},
        {"owner_id=act_" + id, misfit("owner_id", "act_" + id)},
        {"owner_id=con_1", misfit("owner_id", "con_1")},
        {"currency_id=CUR_USD", "t.currency_code in USD"},
        {"currency_id=USD", misfit("currency_id", "USD")},
        {"currency_id=CUR_", misfit("currency_id", "CUR_")},
        {"is_active=x&size[gt]=y",
         "invalid_request; is_active: has the value \"x\", which does not fit; size[gt]: has the value "
         "\"y\", which does not fit"},
    });
}

TEST(ListParameters, WordsAndMetadataThatAreIndexed) {
    const auto outcome_of = [](std::string_view query) { return outcome(query, indexed_definition); };
    const std::string word = " member thing,";
    const std::string of = " of search/with_word";
    EXPECT_EQ(outcome_of("q=Rent"), word + "rent%" + of);
    EXPECT_EQ(outcome_of("q=rent+%C3%89t%C3%A9,rents"), word + "rents%" + of + "; " + word + "ete%" + of);
    EXPECT_EQ(outcome_of("q=%25"), " never");
    EXPECT_EQ(outcome_of("q="), "invalid_request; q: must have 1 to 100 characters");
    std::string many = "q=";
    for (char letter = 'a'; letter <= 'u'; ++letter) many.append(1, letter).append("+");
    EXPECT_EQ(outcome_of(many), "invalid_request; q: has more than 20 words");
    EXPECT_TRUE(outcome_of("metadata[order]=7").ends_with(" of search/with_metadata"));
    EXPECT_NE(outcome_of("metadata[order]=7"), outcome_of("metadata[order]=8"));
}

TEST(ListParameters, SearchAndMetadata) {
    const std::string search =
        "(t.name collate utf8mb4_unicode_ci like ? or t.note collate utf8mb4_unicode_ci like ?) like ";
    const std::string fault = "invalid_request; q: must have 1 to 100 characters";
    expect({
        {"q=rent", search + "%rent%,%rent%"},
        {"q=100%25", search + "%100\\%%,%100\\%%"},
        {"q=a_b%5C", search + "%a\\_b\\\\%,%a\\_b\\\\%"},
        {"q=", fault},
        {"q=" + std::string(101, 'a'), fault},
        {"metadata[order]=7", "t.metadata metadata $.\"order\",7"},
        {"metadata[a.b]=7", "t.metadata metadata $.\"a.b\",7"},
        {"metadata[a%22b%5Cc]=7", "t.metadata metadata $.\"a\\\"b\\\\c\",7"},
        {"metadata[key]=7", "t.metadata metadata $.\"key\",7"},
        {"metadata[a]=", "t.metadata metadata $.\"a\","},
        {"metadata[a]=1&metadata[b]=2", "t.metadata metadata $.\"a\",1; t.metadata metadata $.\"b\",2"},
    });
}

TEST(ListParameters, UnknownAndRepeatedOnes) {
    const auto unknown = [](const std::string& name) {
        return "unknown_parameter; " + name + ": is not a parameter of this route";
    };
    const auto repeated = [](const std::string& name) {
        return "invalid_request; " + name + ": is given twice";
    };
    std::string many = "metadata[0]=";
    for (int i = 1; i < 101; ++i) many += "&metadata[" + std::to_string(i) + "]=";
    expect({
        {"colour=red", unknown("colour")},
        {"Limit=1", unknown("Limit")},
        {"=1", unknown("")},
        {"name[gte]=a", unknown("name[gte]")},  // not a range
        {"day=2026-01-31", unknown("day")},     // a range only
        {"day[eq]=2026-01-31", unknown("day[eq]")},
        {"day[gte][lt]=2026-01-31", unknown("day[gte][lt]")},
        {"[gte]=1", unknown("[gte]")},
        {"metadata=1", unknown("metadata")},
        {"metadata[]=1", unknown("metadata[]")},
        {"metadata[a=1", unknown("metadata[a")},
        {"t.name=A", unknown("t.name")},
        {"a=1&limit=0&b=2",
         "unknown_parameter; a: is not a parameter of this route; b: is not a parameter of this route"},
        {"limit=1&limit=1", repeated("limit")},
        {"name=A&name=B", repeated("name")},
        {"metadata[a]=1&metadata[a]=2", repeated("metadata[a]")},
        {"day[gte]=2026-01-31&day[gte]=2026-02-01", repeated("day[gte]")},
        {"day[gte]=2026-01-31&day[gt]=2026-01-31", "t.day >= 2026-01-31; t.day > 2026-01-31"},
        {many, "invalid_request"},
    });
}

TEST(ListParameters, ARouteTellsItsOwn) {
    const std::vector<std::string> all{"include",
                                       "limit",
                                       "offset",
                                       "starting_after",
                                       "ending_before",
                                       "sort",
                                       "count",
                                       "name",
                                       "status",
                                       "size[gte]",
                                       "size[gt]",
                                       "size[lte]",
                                       "size[lt]",
                                       "day[gte]",
                                       "day[gt]",
                                       "day[lte]",
                                       "day[lt]",
                                       "created_at[gte]",
                                       "created_at[gt]",
                                       "created_at[lte]",
                                       "created_at[lt]",
                                       "is_active",
                                       "owner_id",
                                       "currency_id",
                                       "q",
                                       "metadata[key]"};
    EXPECT_EQ(parameter_names(route(definition)), all);
    const std::vector<std::string> few{"include",       "limit", "offset", "starting_after",
                                       "ending_before", "sort",  "count"};
    EXPECT_EQ(parameter_names(route(plain_definition)), few);
    EXPECT_EQ(parameter_names(route(nullptr)), std::vector<std::string>{"include"});

    EXPECT_THROW(check_parameters(route(plain_definition), {{"q", "x"}}), Error);
    EXPECT_THROW(check_parameters(route(plain_definition), {{"metadata[a]", "x"}}), Error);
    EXPECT_THROW(check_parameters(route(nullptr), {{"limit", "1"}}), Error);
    EXPECT_NO_THROW(check_parameters(route(nullptr), {{"include", "x"}}));
}

TEST(ListParameters, DefaultsAreTheLists) {
    const auto request = read_list_request(plain_definition(), {});
    EXPECT_STREQ(request.sort.name, "name");
    EXPECT_FALSE(request.is_descending);
    EXPECT_EQ(request.limit, 20);
    EXPECT_EQ(request.offset, 0);
    EXPECT_FALSE(request.is_count_wanted);
    EXPECT_TRUE(read_list_request(definition(), {}).is_descending);
}

}  // namespace
}  // namespace crane::app
