#include "shared/domain/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>

#include "shared/base/text.h"

namespace crane::domain {
namespace {

struct Free {
    void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

bool is_ascii(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string folded(std::string_view text) {
    if (is_ascii(text)) return to_lower_ascii(text);  // most texts; folding changes nothing else in them
    constexpr auto options =
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                       UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    utf8proc_uint8_t* made = nullptr;
    const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &made, options);
    const std::unique_ptr<utf8proc_uint8_t, Free> owner(made);
    if (size < 0) return {};  // not well-formed
    return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
}

bool is_of_word(std::int32_t character) {
    switch (utf8proc_category(character)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
            return true;
        default:
            return false;
    }
}

// Thai, Lao, Burmese, Khmer; kana and its extension; ideographs with their extensions.
bool is_word_alone(std::int32_t character) {
    struct Range {
        std::int32_t first;
        std::int32_t last;
    };
    static constexpr std::array<Range, 8> ranges{{{0x0E00, 0x0EFF},
                                                  {0x1000, 0x109F},
                                                  {0x1780, 0x17FF},
                                                  {0x3005, 0x3007},
                                                  {0x3040, 0x30FF},
                                                  {0x31F0, 0x31FF},
                                                  {0x3400, 0x9FFF},
                                                  {0x20000, 0x3FFFF}}};
    return std::ranges::any_of(
        ranges, [&](Range range) { return character >= range.first && character <= range.last; });
}

// Collects the words of folded texts.
class Collector {
public:
    void read(std::string_view text) {
        while (!text.empty()) {
            std::int32_t character = 0;
            const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &character);
            if (size <= 0) break;
            const auto bytes = text.substr(0, static_cast<std::size_t>(size));
            text.remove_prefix(bytes.size());
            read_one(character, bytes);
        }
        end_word();
    }

    const std::set<std::string>& words() const { return words_; }

private:
    void read_one(std::int32_t character, std::string_view bytes) {
        const bool is_alone = is_word_alone(character);
        if (!is_of_word(character)) return end_word();
        if (is_alone) end_word();
        if (size_ < most_word_characters) word_ += bytes;
        ++size_;
        if (is_alone) end_word();
    }

    void end_word() {
        if (size_ > 0 && words_.size() < most_words) words_.insert(word_);
        word_.clear();
        size_ = 0;
    }

    std::set<std::string> words_;
    std::string word_;
    std::size_t size_ = 0;
};

}  // namespace

std::vector<std::string> words_of(std::span<const std::string_view> texts) {
    Collector collector;
    for (const auto text : texts) collector.read(folded(text));
    return {collector.words().begin(), collector.words().end()};
}

std::vector<std::string> words_searched(std::string_view text) {
    const std::array<std::string_view, 1> texts{text};
    const auto words = words_of(texts);
    std::vector<std::string> searched;
    for (std::size_t i = 0; i < words.size(); ++i) {
        // Sorted: a word that others begin with stands right before one of them.
        if (i + 1 == words.size() || !words[i + 1].starts_with(words[i])) searched.push_back(words[i]);
    }
    std::ranges::stable_sort(searched, std::ranges::greater{}, &std::string::size);
    return searched;
}

}  // namespace crane::domain
