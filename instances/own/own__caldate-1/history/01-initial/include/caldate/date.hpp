#pragma once

namespace caldate {

struct Date {
    int year;
    int month;  // 1 to 12
    int day;    // 1 to 31
};

inline bool operator==(const Date& a, const Date& b) {
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

bool is_leap(int year);
int days_in_month(int year, int month);

/// Days since 1970-01-01, negative before.
long days_from_epoch(const Date& date);
Date date_from_epoch(long days);

/// 1 is Monday, 7 is Sunday.
int weekday(const Date& date);

}  // namespace caldate
