// The words of a text, as resources are found by them.
//
// A word is a row of letters, digits and their marks, without regard to case, accents and the many ways in
// which Unicode writes the same (NFKD, case folding, no marks). Scripts that part no words by blanks
// (ideographs, kana, Thai and its neighbours) give a word for each character.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crane::domain {

constexpr std::size_t most_word_characters = 32;  // a longer word is cut
constexpr std::size_t most_words = 100;           // of one resource; further ones are left out

// Of well-formed UTF-8; sorted, each once.
std::vector<std::string> words_of(std::span<const std::string_view> texts);

// What is searched for by a text: its words without those that another of them begins with; the longest,
// which is found least often, comes first.
std::vector<std::string> words_searched(std::string_view text);

}  // namespace crane::domain
