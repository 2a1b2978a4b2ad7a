#include "shared/base/date.h"

#include <chrono>

namespace crane {

namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t microseconds_per_minute = 60 * microseconds_per_second;
constexpr std::int64_t microseconds_per_hour = 60 * microseconds_per_minute;
constexpr std::int64_t microseconds_per_day = 24 * microseconds_per_hour;

std::chrono::year_month_day calendar_day(Date date) {
    return std::chrono::sys_days{std::chrono::days{date.days}};
}

Date date_from(std::chrono::year_month_day day) {
    return Date{static_cast<std::int32_t>(std::chrono::sys_days{day}.time_since_epoch().count())};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Takes a text apart from its front. After the first misfit `fits` stays false
// and what is read is worthless, so a caller checks once, at the end.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool fits() const { return fits_; }
    bool fits_to_the_end() const { return fits_ && rest_.empty(); }
    void require(bool condition) { fits_ = fits_ && condition; }

    bool starts_with(char c) const { return rest_.starts_with(c); }
    char take() {
        require(!rest_.empty());
        if (!fits_) return '\0';
        const char taken = rest_.front();
        rest_.remove_prefix(1);
        return taken;
    }
    void expect(char expected) { require(take() == expected); }

    // Exactly `width` digits, as a number up to `limit`.
    int number(int width, int limit) {
        int value = 0;
        for (int i = 0; i < width && fits_; ++i) value = value * 10 + digit();
        require(value <= limit);
        return value;
    }

    // "." and one to six digits, or nothing.
    std::int64_t fraction_as_microseconds() {
        if (!starts_with('.')) return 0;
        take();
        std::int64_t value = digit();
        int places = 1;
        for (; places < 6 && !rest_.empty() && is_digit(rest_.front()); ++places)
            value = value * 10 + digit();
        for (; places < 6; ++places) value *= 10;
        return value;
    }

private:
    int digit() {
        const char taken = take();
        require(is_digit(taken));
        return fits_ ? taken - '0' : 0;
    }

    std::string_view rest_;
    bool fits_ = true;
};

Date read_date(Reader& reader) {
    const int year = reader.number(4, 9999);
    reader.expect('-');
    const auto month = static_cast<unsigned>(reader.number(2, 12));
    reader.expect('-');
    const auto day = static_cast<unsigned>(reader.number(2, 31));
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    reader.require(year >= 1 && date.ok());
    return reader.fits() ? date_from(date) : Date{};
}

// "HH:MM:SS[.ffffff]" as microseconds since midnight.
std::int64_t read_time_of_day(Reader& reader) {
    const std::int64_t hour = reader.number(2, 23);
    reader.expect(':');
    const std::int64_t minute = reader.number(2, 59);
    reader.expect(':');
    const std::int64_t second = reader.number(2, 59);
    return hour * microseconds_per_hour + minute * microseconds_per_minute +
           second * microseconds_per_second + reader.fraction_as_microseconds();
}

// "Z" or "+HH:MM" as microseconds ahead of UTC. "-00:00" is UTC too (RFC 3339, 4.3).
std::int64_t read_offset(Reader& reader) {
    const char sign = reader.take();
    if (sign == 'Z' || sign == 'z') return 0;
    reader.require(sign == '+' || sign == '-');
    const std::int64_t hours = reader.number(2, 23);
    reader.expect(':');
    const std::int64_t minutes = reader.number(2, 59);
    const std::int64_t ahead = hours * microseconds_per_hour + minutes * microseconds_per_minute;
    return sign == '-' ? -ahead : ahead;
}

Timestamp midnight(Date date) {
    return Timestamp{date.days * microseconds_per_day};
}

// An offset can push a moment out of the years that format_timestamp can write.
bool has_four_digit_year(Timestamp timestamp) {
    using namespace std::chrono;
    constexpr std::int64_t first = sys_days{year{1} / January / 1}.time_since_epoch().count();
    constexpr std::int64_t end = sys_days{year{10000} / January / 1}.time_since_epoch().count();
    return timestamp.microseconds >= first * microseconds_per_day &&
           timestamp.microseconds < end * microseconds_per_day;
}

void put_digits(char* at, int width, std::int64_t value) {
    for (int i = width - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

void put_date(char* at, Date date) {
    const auto day = calendar_day(date);
    put_digits(at, 4, static_cast<int>(day.year()));
    put_digits(at + 5, 2, static_cast<unsigned>(day.month()));
    put_digits(at + 8, 2, static_cast<unsigned>(day.day()));
}

// Fills the zeros of a template such as "0000-00-00T00:00:00.000000Z".
std::string fill_in(std::string_view form, Timestamp timestamp) {
    std::string text(form);
    const Date date = date_of(timestamp);
    const std::int64_t in_day = timestamp.microseconds - midnight(date).microseconds;
    put_date(text.data(), date);
    put_digits(text.data() + 11, 2, in_day / microseconds_per_hour);
    put_digits(text.data() + 14, 2, in_day / microseconds_per_minute % 60);
    put_digits(text.data() + 17, 2, in_day / microseconds_per_second % 60);
    put_digits(text.data() + 20, 6, in_day % microseconds_per_second);
    return text;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
    Reader reader(text);
    const Date date = read_date(reader);
    if (!reader.fits_to_the_end()) return std::nullopt;
    return date;
}

std::string format_date(Date date) {
    std::string text("0000-00-00");
    put_date(text.data(), date);
    return text;
}

Date first_of_month(Date date) {
    const auto day = calendar_day(date);
    return date_from(day.year() / day.month() / std::chrono::day{1});
}

Date last_of_month(Date date) {
    const auto day = calendar_day(date);
    return date_from(day.year() / day.month() / std::chrono::last);
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    Reader reader(text);
    const Date date = read_date(reader);
    // The grammar of RFC 3339 (5.6) has "T" and "Z" in either case.
    const char separator = reader.take();
    reader.require(separator == 'T' || separator == 't');
    const std::int64_t time_of_day = read_time_of_day(reader);
    const std::int64_t offset = read_offset(reader);
    const Timestamp timestamp{midnight(date).microseconds + time_of_day - offset};
    if (!reader.fits_to_the_end() || !has_four_digit_year(timestamp)) return std::nullopt;
    return timestamp;
}

std::optional<Timestamp> parse_utc_timestamp(std::string_view text) {
    return text.ends_with('Z') ? parse_timestamp(text) : std::nullopt;
}

std::string format_timestamp(Timestamp timestamp) {
    return fill_in("0000-00-00T00:00:00.000000Z", timestamp);
}

std::string format_timestamp_sql(Timestamp timestamp) {
    return fill_in("0000-00-00 00:00:00.000000", timestamp);
}

std::optional<Timestamp> parse_timestamp_sql(std::string_view text) {
    Reader reader(text);
    const Date date = read_date(reader);
    reader.expect(' ');
    const std::int64_t time_of_day = read_time_of_day(reader);
    if (!reader.fits_to_the_end()) return std::nullopt;
    return Timestamp{midnight(date).microseconds + time_of_day};
}

Date date_of(Timestamp timestamp) {
    // Division cuts toward zero; a moment before 1970 belongs to the day below.
    const std::int64_t cut = timestamp.microseconds / microseconds_per_day;
    const bool below = timestamp.microseconds % microseconds_per_day < 0;
    return Date{static_cast<std::int32_t>(below ? cut - 1 : cut)};
}

}  // namespace crane
