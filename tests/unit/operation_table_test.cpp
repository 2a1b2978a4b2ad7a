// The table of operations: found by name, with what their paths name.
#include "shared/app/operation_table.h"

#include <gtest/gtest.h>

namespace crane::app {
namespace {

const Operation create{.name = "things.create"};
const Operation update{.name = "things.update"};
const Operation move_part{.name = "things.parts.move"};

Family things() {
    return {
        "things",
        {
            {.method = "GET", .pattern = "/organizations/{organization_id}/things"},
            {.method = "POST", .pattern = "/organizations/{organization_id}/things", .operation = &create},
            {.method = "POST", .pattern = "/things/{thing_id}/elsewhere", .operation = &create},
            {.method = "PUT",
             .pattern = "/organizations/{organization_id}/things/{thing_id}",
             .operation = &update},
            {.method = "POST",
             .pattern = "/organizations/{organization_id}/things/{thing_id}/parts/{part_id}/move",
             .operation = &move_part},
        }};
}

TEST(OperationTable, FindsWhatFamiliesDeclare) {
    OperationTable table;
    table.add(things());
    ASSERT_NE(table.find("things.create"), nullptr);
    EXPECT_EQ(table.find("things.create")->operation, &create);
    EXPECT_TRUE(table.find("things.create")->path_parameters.empty());  // the first route's
    using Names = std::vector<std::string_view>;
    EXPECT_EQ(table.find("things.update")->path_parameters, Names{"thing_id"});
    EXPECT_EQ(table.find("things.parts.move")->path_parameters, (Names{"thing_id", "part_id"}));
    for (const char* name : {"", "things", "things.", "things.creates", "Things.create"}) {
        EXPECT_EQ(table.find(name), nullptr) << name;
    }
}

TEST(OperationTable, KnowsWhatCosts) {
    const Operation one{.name = "things.create", .credits = 1};
    const Operation free{.name = "things.update"};
    const Operation by_rule{.name = "things.batch", .credits_text = "1 per 10"};
    OperationTable table;
    table.add(
        {"things",
         {
             {.method = "POST", .pattern = "/organizations/{organization_id}/things", .operation = &one},
             {.method = "PUT", .pattern = "/organizations/{organization_id}/things", .operation = &free},
             {.method = "POST", .pattern = "/things/batch", .operation = &by_rule},
             {.method = "GET", .pattern = "/things/free"},
             {.method = "GET", .pattern = "/things/much-read", .credits = 5},
             {.method = "GET", .pattern = "/things/{thing_id}/all/{part_id}", .credits = 10},
         }});
    std::map<std::string, std::pair<std::int64_t, std::string>> found;
    for (const auto& [name, cost] : table.costs())
        found.emplace(name, std::pair(cost.credits, std::string(cost.credits_text)));
    const decltype(found) expected{{"things.create", {1, ""}},
                                   {"things.batch", {0, "1 per 10"}},
                                   {"things.much_read", {5, ""}},
                                   {"things.all", {10, ""}}};
    EXPECT_EQ(found, expected);
}

TEST(Operation, WhatCanBeDrafted) {
    struct Row {
        Operation operation;
        bool can_be;
        bool must_be;
    };
    const Row rows[] = {
        {{.name = "plain"}, true, true},
        {{.name = "either", .drafting = Drafting::optional}, true, false},
        {{.name = "secret", .has_secret_reply = true}, false, false},
        {{.name = "urgent", .is_never_queued = true}, false, false},
        {{.name = "queued", .mode = Mode::queued}, true, true},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(row.operation.can_be_drafted(), row.can_be) << row.operation.name;
        EXPECT_EQ(row.operation.is_draft_required(), row.must_be) << row.operation.name;
    }
}

}  // namespace
}  // namespace crane::app
