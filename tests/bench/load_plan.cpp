#include "tests/bench/load_plan.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace crane::bench {

Zipf::Zipf(std::size_t count, double skew) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += 1 / std::pow(static_cast<double>(i + 1), skew);
        sums_.push_back(sum);
    }
    for (auto& partial : sums_) partial /= sum;
}

std::size_t Zipf::draw(std::mt19937_64& engine) const {
    const double uniform = static_cast<double>(engine() >> 11U) * 0x1p-53;
    const auto found = std::ranges::upper_bound(sums_, uniform);
    return std::min(static_cast<std::size_t>(found - sums_.begin()), sums_.size() - 1);
}

namespace {

Template::Part part_of(std::string_view name) {
    if (name == "account") return Template::Part::account;
    if (name == "amount") return Template::Part::amount;
    if (name == "number") return Template::Part::number;
    throw std::runtime_error("There is no placeholder {" + std::string(name) + "}.");
}

}  // namespace

Template::Template(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const bool is_placeholder = text[0] == '{' && text.size() > 1 && text[1] >= 'a' && text[1] <= 'z';
        if (!is_placeholder) {
            plain += text[0];
            text.remove_prefix(1);
            continue;
        }
        const auto end = text.find('}');
        if (end == std::string_view::npos) throw std::runtime_error("A placeholder without an end.");
        pieces_.push_back({Part::text, std::exchange(plain, {})});
        pieces_.push_back({part_of(text.substr(1, end - 1)), {}});
        text.remove_prefix(end + 1);
    }
    pieces_.push_back({Part::text, plain});
}

Composer::Composer(const Plan& plan, std::uint64_t seed, std::uint64_t first_number)
    : plan_(&plan), engine_(seed), number_(first_number) {}

// Not the one of the piece before: a transaction has two different ones.
std::size_t Composer::another_account() {
    if (plan_->accounts.empty()) throw std::runtime_error("{account} without a list of accounts.");
    auto drawn = plan_->accounts_choice.draw(engine_);
    while (drawn == last_account_ && plan_->accounts.size() > 1) drawn = plan_->accounts_choice.draw(engine_);
    return last_account_ = drawn;
}

void Composer::fill(const Template& text, std::string& out) {
    for (const auto& piece : text.pieces()) {
        switch (piece.part) {
            case Template::Part::text:
                out += piece.text;
                break;
            case Template::Part::account:
                out += plan_->accounts[another_account()];
                break;
            case Template::Part::amount:
                out += amount_;
                break;
            case Template::Part::number:
                out += std::to_string(number_);
                break;
        }
    }
}

void Composer::compose(std::string& request) {
    last_account_ = SIZE_MAX;
    ++number_;
    const auto cents = static_cast<unsigned>(100 + engine_() % 999'900);
    std::snprintf(amount_, sizeof(amount_), "%u.%02u", cents / 100, cents % 100);
    body_.clear();
    if (plan_->has_body) fill(plan_->body, body_);
    request.assign(plan_->method);
    request += ' ';
    fill(plan_->target, request);
    request += " HTTP/1.1\r\n";
    request += plan_->head_lines;
    if (plan_->has_body) {
        request +=
            "Content-Type: application/json\r\nContent-Length: " + std::to_string(body_.size()) + "\r\n";
    }
    request += "\r\n";
    request += body_;
}

}  // namespace crane::bench
