// The statement that a list becomes: every value is bound, none is part of the text.
#include "shared/store/list_query.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crane::store {
namespace {

const ListDefinition definition{
    .query = {"things/list", "select t.id, t.name /*from*/ from things t where t.books_id = ?"},
    .id_column = "t.id",
    .id_prefix = "act",
    .sorts = {{"created_at", "t.id"}, {"name", "t.name"}},
};

ListRequest request(SortField sort, bool is_descending) {
    ListRequest request;
    request.sort = sort;
    request.is_descending = is_descending;
    return request;
}

PageQuery compose(const ListRequest& request) {
    const auto session = unconnected_session();  // a page without a cursor asks for nothing before
    const Values scope{std::int64_t{7}};
    return compose_page(*session, definition, request, scope, {});
}

TEST(ListQuery, SortsByTheColumnThenTheId) {
    struct Row {
        SortField sort;
        bool is_descending;
        const char* order;
    };
    const Row rows[] = {
        {{"created_at", "t.id"}, true, " order by t.id desc limit ? offset ?"},
        {{"created_at", "t.id"}, false, " order by t.id asc limit ? offset ?"},
        {{"name", "t.name"}, true, " order by t.name desc, t.id desc limit ? offset ?"},
        {{"name", "t.name"}, false, " order by t.name asc, t.id asc limit ? offset ?"},
    };
    for (const auto& row : rows) {
        const auto composed = compose(request(row.sort, row.is_descending));
        EXPECT_EQ(composed.text,
                  "select t.id, t.name , (select count(*) from (select 1 from things t"
                  " where t.books_id = ? limit 10001) matches)  from things t"
                  " where t.books_id = ?" +
                      std::string(row.order));
        EXPECT_FALSE(composed.is_reversed);
    }
}

TEST(ListQuery, AsksForOneRowMoreThanThePage) {
    auto asked = request({"created_at", "t.id"}, true);
    asked.limit = 50;
    asked.offset = 200;
    const auto composed = compose(asked);
    ASSERT_EQ(composed.values.size(), 4U);
    EXPECT_EQ(*composed.values[0].integer(), 7);  // of the count
    EXPECT_EQ(*composed.values[1].integer(), 7);
    EXPECT_EQ(*composed.values[2].integer(), 51);
    EXPECT_EQ(*composed.values[3].integer(), 200);
}

TEST(ListQuery, CountsAllMatchesOnlyWhenThatIsAskedFor) {
    auto asked = request({"created_at", "t.id"}, true);
    asked.is_count_wanted = true;
    EXPECT_EQ(compose(asked).text.find("limit 10001"), std::string::npos);
}

TEST(ListQuery, ConditionsAreJoinedAndBound) {
    auto asked = request({"created_at", "t.id"}, true);
    const std::string hostile = "x' or '1' = '1";
    asked.conditions = {
        {"t.name", "in", {std::string(hostile)}},
        {"t.status", "in", {"open", "closed", "lost"}},
        {"t.day", ">=", {"2026-01-31"}},
        {"(t.name like ? or t.note like ?)", "like", {"%a%", "%a%"}},
        {"t.metadata", "metadata", {"$.\"order\"", "7"}},
    };
    const auto composed = compose(asked);
    const std::string matches =
        " from things t where t.books_id = ? and t.name in (?) and t.status in (?, ?, ?)"
        " and t.day >= ? and (t.name like ? or t.note like ?) and json_unquote(json_extract(t.metadata, ?)) "
        "= ?";
    EXPECT_EQ(composed.text, "select t.id, t.name , (select count(*) from (select 1" + matches +
                                 " limit 10001) matches) " + matches +
                                 " order by t.id desc limit ? offset ?");
    EXPECT_EQ(composed.text.find(hostile), std::string::npos);
    EXPECT_EQ(composed.values.size(), 22U);
    EXPECT_EQ(composed.values[1].text(), hostile);
    EXPECT_EQ(composed.values[11].text(), hostile);
}

const Membership owned{
    {"things/owned",
     "select distinct o.thing_id as id from owners o where o.books_id = ? and o.id in (/*list*/ ?)"},
    {"things/owns", "select o.thing_id as id from owners o where o.books_id = ? and o.id in (/*list*/ ?)"},
    "o.thing_id"};

const ListDefinition indexed{
    .query = {"things/list", "select t.id /*from*/ from things t /*index*/ where t.books_id = ?"},
    .id_column = "t.id",
    .id_prefix = "act",
    .sorts = {{"created_at", "t.created_at", "things_by_created_at"}, {"name", "t.name", "things_by_name"}},
};

Condition is_open() {
    return {"t.status", "in", {"open"}, {"things_by_status", "t.created_at"}};
}

std::string hint_of(std::size_t sort, std::vector<Condition> conditions) {
    auto asked = request(indexed.sorts[sort], true);
    asked.conditions = std::move(conditions);
    const auto session = unconnected_session();  // none of these plans has to ask
    const Values scope{std::int64_t{7}};
    const auto plan = choose_plan(*session, indexed, asked, scope);
    EXPECT_EQ(plan.driver, nullptr);
    EXPECT_FALSE(plan.count.has_value());
    return plan.hint;
}

TEST(ListQuery, WhatAnIndexAnswersInOrderIsReadThere) {
    EXPECT_EQ(hint_of(0, {}), " force index (things_by_created_at)");
    EXPECT_EQ(hint_of(1, {}), " force index (things_by_name)");
    EXPECT_EQ(hint_of(0, {is_open()}), " force index (things_by_status)");
    EXPECT_EQ(hint_of(0, {is_open(), {"t.created_at", ">=", {"2026-01-31"}}}),
              " force index (things_by_status)");
    EXPECT_EQ(hint_of(1, {{"t.name", ">=", {"a"}}}), " force index (things_by_name)");
    EXPECT_EQ(hint_of(1, {{{}, "never", {}}}), " force index (things_by_name)");
}

TEST(ListQuery, ADriverIsReadBeforeTheListAndOthersAreAskedOfEachRow) {
    auto asked = request(indexed.sorts[0], true);
    asked.conditions = {{{}, "member", {"5", "6"}, {}, &owned, {"5", "6"}},
                        {{}, "member", {"8"}, {}, &owned, {"9"}}};
    const auto session = unconnected_session();
    const Values scope{std::int64_t{7}};
    const auto composed = compose_page(*session, indexed, asked, scope,
                                       {.driver = asked.conditions.data(), .hint = {}, .count = 2});
    EXPECT_EQ(composed.text,
              "select t.id  from (select distinct o.thing_id as id from owners o where o.books_id = ? and "
              "o.id in (?, ?))"
              " members straight_join things t where t.books_id = ? and t.id = members.id"
              " and (select o.thing_id as id from owners o where o.books_id = ? and o.id in (?) and "
              "o.thing_id = t.id"
              " limit 1) is not null order by t.created_at desc, t.id desc limit ? offset ?");
    ASSERT_EQ(composed.values.size(), 8U);
    EXPECT_EQ(composed.values[2].text(), "6");
    EXPECT_EQ(composed.values[5].text(), "9");
}

TEST(ListQuery, FewAreFoundBeforeTheirRowsAreRead) {
    auto asked = request(indexed.sorts[1], false);
    asked.conditions = {is_open()};
    const auto session = unconnected_session();
    const Values scope{std::int64_t{7}};
    const auto composed =
        compose_page(*session, indexed, asked, scope,
                     {.driver = nullptr, .hint = " force index (x)", .count = 3, .are_ids_picked = true});
    EXPECT_EQ(
        composed.text,
        "select t.id  from (select t.id as id from things t force index (x) where t.books_id = ? and "
        "t.status in (?)"
        " order by t.name asc, t.id asc limit ? offset ?) picked straight_join things t where t.books_id = ?"
        " and t.id = picked.id order by t.name asc, t.id asc");
    EXPECT_EQ(composed.values.size(), 5U);
}

TEST(ListQuery, AmongManyTheOrderIsWalkedAndThenAllOfThemRead) {
    auto asked = request(indexed.sorts[1], false);
    asked.conditions = {is_open()};
    const auto session = unconnected_session();
    const Values scope{std::int64_t{7}};
    const Plan walk{.driver = nullptr, .hint = {}, .count = 10001, .walked = 1000};
    EXPECT_EQ(
        compose_page(*session, indexed, asked, scope, walk).text,
        "select t.id  from (select t.id as id from things t force index (things_by_name) where t.books_id = ?"
        " order by t.name asc, t.id asc limit 1000) walked straight_join things t where t.books_id = ?"
        " and t.id = walked.id and t.status in (?) order by t.name asc, t.id asc limit ? offset ?");
    const auto longer = plan_after_walk(indexed, asked, walk);
    EXPECT_EQ(longer.walked, 20000);
    const auto last = plan_after_walk(indexed, asked, longer);
    EXPECT_EQ(last.walked, 0);
    EXPECT_TRUE(last.are_ids_picked);
    EXPECT_EQ(last.hint, " force index (things_by_status)");
    EXPECT_EQ(last.count, 10001);
    asked.conditions = {{{}, "member", {"5"}, {}, &owned, {"5"}}};
    EXPECT_EQ(plan_after_walk(indexed, asked, longer).driver, asked.conditions.data());
}

TEST(ListQuery, WhereAllHaveOneValueTheIdIsTheOrder) {
    auto asked = request(indexed.sorts[1], false);
    asked.conditions = {{"t.name", "in", {"a"}}};
    EXPECT_EQ(hint_of(1, asked.conditions), " force index (things_by_name)");
    const auto session = unconnected_session();
    const Values scope{std::int64_t{7}};
    EXPECT_TRUE(compose_page(*session, indexed, asked, scope, {.driver = nullptr, .hint = {}, .count = 1})
                    .text.ends_with(" and t.name in (?) order by t.id asc limit ? offset ?"));
}

TEST(ListQuery, AHintNeedsItsPlace) {
    const auto session = unconnected_session();
    const Values scope{std::int64_t{7}};
    EXPECT_THROW(compose_page(*session, definition, request({"created_at", "t.id"}, true), scope,
                              {.driver = nullptr, .hint = " force index (x)"}),
                 std::logic_error);
}

TEST(ListQuery, AQueryWithoutItsMarkerIsAMistakeOfOurs) {
    auto broken = definition;
    broken.query.text = "select t.id from things t";
    const auto session = unconnected_session();
    EXPECT_THROW(compose_page(*session, broken, request({"created_at", "t.id"}, true), {}, {}),
                 std::logic_error);
}

}  // namespace
}  // namespace crane::store
