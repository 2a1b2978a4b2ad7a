// What is sent: a request with placeholders, filled anew each time.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace crane::bench {

// Draws numbers below `count`, low ones more often: the k-th with a weight of
// 1 / k^skew (Zipf). A skew of 0 draws all alike.
class Zipf {
public:
    Zipf(std::size_t count, double skew);
    std::size_t draw(std::mt19937_64& engine) const;

private:
    std::vector<double> sums_;  // of the weights, up to 1
};

// Text with placeholders: {account}, another one each time it stands in a
// request; {amount}, the same throughout a request; {number}, which counts the
// requests.
class Template {
public:
    enum class Part : std::uint8_t { text, account, amount, number };
    struct Piece {
        Part part = Part::text;
        std::string text;
    };

    // Throws std::runtime_error for an unknown placeholder. A brace that is not
    // followed by a lower-case letter is text.
    explicit Template(std::string_view text);
    const std::vector<Piece>& pieces() const { return pieces_; }

private:
    std::vector<Piece> pieces_;
};

// Shared by all threads; does not change.
struct Plan {
    std::string method = "GET";
    std::string head_lines;  // "Host: …\r\nAuthorization: …\r\n"
    Template target{""};
    Template body{""};
    bool has_body = false;
    std::vector<std::string> accounts;
    Zipf accounts_choice{1, 0};
};

// Fills a plan in: one per thread. With the same seed the same requests.
class Composer {
public:
    Composer(const Plan& plan, std::uint64_t seed, std::uint64_t first_number);

    // The whole request, in place of what `request` held.
    void compose(std::string& request);

private:
    void fill(const Template& text, std::string& out);
    std::size_t another_account();

    const Plan* plan_;
    std::mt19937_64 engine_;
    std::uint64_t number_;
    std::size_t last_account_ = SIZE_MAX;
    char amount_[16] = "";
    std::string body_;
};

}  // namespace crane::bench
