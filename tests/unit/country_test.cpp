// Codes of countries, as a table.
#include "shared/base/country.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace crane {
namespace {

TEST(Country, IsKnownByItsCode) {
    const std::vector<std::pair<std::string, bool>> rows = {
        {"DE", true},  {"US", true},  {"AD", true},   {"ZW", true},  {"GB", true},  {"XK", true},
        {"UK", false}, {"de", false}, {"ZZ", false},  {"EU", false}, {"D ", false}, {" D", false},
        {"", false},   {"D", false},  {"DEU", false}, {"EA", false}, {"  ", false},
    };
    for (const auto& [code, is_country] : rows) EXPECT_EQ(is_country_code(code), is_country) << code;
}

TEST(Country, ThereAreTwoHundredAndFifty) {
    int count = 0;
    for (char first = 'A'; first <= 'Z'; ++first) {
        for (char second = 'A'; second <= 'Z'; ++second) {
            if (is_country_code(std::string{first, second})) ++count;
        }
    }
    EXPECT_EQ(count, 250);
}

}  // namespace
}  // namespace crane
