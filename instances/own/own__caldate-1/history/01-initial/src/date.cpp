#include "caldate/date.hpp"

namespace caldate {

bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static long days_before_year(long year) {
    // Floor division, so that years before 1 count correctly.
    const auto floor = [](long a, long b) { return a / b - (a % b < 0); };
    const long y = year - 1;
    return y * 365 + floor(y, 4) - floor(y, 100) + floor(y, 400);
}

long days_from_epoch(const Date& date) {
    long days = days_before_year(date.year) - days_before_year(1970);
    for (int month = 1; month < date.month; ++month) {
        days += days_in_month(date.year, month);
    }
    return days + date.day - 1;
}

Date date_from_epoch(long days) {
    int year = 1970 + static_cast<int>(days / 366);
    while (days < days_before_year(year) - days_before_year(1970)) {
        --year;
    }
    while (days >= days_before_year(year + 1) - days_before_year(1970)) {
        ++year;
    }
    int rest = static_cast<int>(days - days_before_year(year) + days_before_year(1970));
    int month = 1;
    while (rest >= days_in_month(year, month)) {
        rest -= days_in_month(year, month++);
    }
    return {year, month, rest + 1};
}

int weekday(const Date& date) {
    return static_cast<int>((days_from_epoch(date) + 3) % 7) + 1;
}

}  // namespace caldate
