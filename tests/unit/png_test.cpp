// What is a PNG, by its signature and its header chunk.
#include "shared/domain/png.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/base/base64.h"

namespace crane::domain {
namespace {

// A transparent pixel, whole.
const std::string pixel = *decode_base64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR4nGNgAAIAAAUAAXpeqz8AAAAASUVORK5CYII=");

TEST(Png, APictureHasASize) {
    const auto size = png_size(pixel);
    ASSERT_TRUE(size.has_value());
    EXPECT_EQ(size->width, 1U);
    EXPECT_EQ(size->height, 1U);
}

TEST(Png, AHeaderIsEnough) {
    EXPECT_TRUE(png_size(pixel.substr(0, 33)).has_value());
    for (std::size_t length = 0; length < 33; ++length)
        EXPECT_FALSE(png_size(pixel.substr(0, length))) << length;
}

TEST(Png, EveryByteOfTheHeaderCounts) {
    for (std::size_t at = 0; at < 33; ++at) {
        auto bytes = pixel;
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        EXPECT_FALSE(png_size(bytes).has_value()) << at;
    }
}

// The checksum fits, and the header is no PNG's.
TEST(Png, AHeaderMustMakeSense) {
    struct Row {
        const char* what;
        const char* header;  // the first 33 bytes in base64
    };
    const Row rows[] = {
        {"no width", "iVBORw0KGgoAAAANSUhEUgAAAAAAAAABCAYAAADw16+3"},
        {"no height", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAACAYAAADUSRcs"},
        {"a colour type that there is not", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAEAAACCwvww"},
        {"a depth that the colour type has not", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABBAYAAADa5SmI"},
        {"an unknown compression", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYBAAAe166+"},
        {"an unknown filter", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAQAGDvXI"},
        {"an unknown interlace", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAALxG6Wl"},
    };
    for (const auto& row : rows) EXPECT_FALSE(png_size(*decode_base64(row.header)).has_value()) << row.what;
}

}  // namespace
}  // namespace crane::domain
