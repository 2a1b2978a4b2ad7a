#include "shared/domain/png.h"

#include <array>

namespace crane::domain {
namespace {

constexpr std::string_view signature{"\x89PNG\r\n\x1a\n", 8};
constexpr std::string_view header_begin{"\0\0\0\x0dIHDR", 8};  // its length and its name
constexpr std::size_t header_bytes = 13;

std::uint32_t number(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) value = value << 8U | static_cast<std::uint8_t>(bytes[i]);
    return value;
}

// CRC-32 as PNG's annex D defines it.
std::uint32_t checksum(std::string_view bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc ^= static_cast<std::uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? 0xedb88320U ^ (crc >> 1U) : crc >> 1U;
    }
    return ~crc;
}

// Which bit depths each colour type has: table 12.
bool is_colour(std::uint8_t depth, std::uint8_t type) {
    switch (type) {
        case 0:
            return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
        case 3:
            return depth == 1 || depth == 2 || depth == 4 || depth == 8;
        case 2:
        case 4:
        case 6:
            return depth == 8 || depth == 16;
        default:
            return false;
    }
}

}  // namespace

std::optional<PictureSize> png_size(std::string_view bytes) {
    constexpr std::size_t content = signature.size() + header_begin.size();
    if (bytes.size() < content + header_bytes + 4 || !bytes.starts_with(signature)) return std::nullopt;
    if (bytes.substr(signature.size(), header_begin.size()) != header_begin) return std::nullopt;
    const auto named = bytes.substr(content - 4, 4 + header_bytes);
    if (checksum(named) != number(bytes, content + header_bytes)) return std::nullopt;
    const PictureSize size{number(bytes, content), number(bytes, content + 4)};
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[content + at]); };
    const bool is_known = is_colour(byte(8), byte(9)) && byte(10) == 0 && byte(11) == 0 && byte(12) <= 1;
    constexpr std::uint32_t most = 0x7fffffffU;
    if (!is_known || size.width == 0 || size.height == 0 || size.width > most || size.height > most) {
        return std::nullopt;
    }
    return size;
}

}  // namespace crane::domain
