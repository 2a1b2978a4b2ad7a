// Whether bytes are a PNG picture, by what it begins with.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace crane::domain {

struct PictureSize {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

// The signature and the header chunk with its checksum (PNG, third edition,
// sections 5.2 and 11.2.1); nullopt when they do not make a PNG. What follows
// them is not read.
std::optional<PictureSize> png_size(std::string_view bytes);

}  // namespace crane::domain
