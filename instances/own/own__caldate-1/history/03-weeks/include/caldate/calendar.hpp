#pragma once

#include "caldate/date.hpp"

namespace caldate {

struct Week {
    int year;
    int number;  // 1 to 53
};

inline bool operator==(const Week& a, const Week& b) {
    return a.year == b.year && a.number == b.number;
}

/// The ISO 8601 week that holds the date. Week 1 is the one with the year's first Thursday.
Week iso_week(const Date& date);

/// The same day so many months later (or earlier); where that month is shorter, its last day.
Date add_months(const Date& date, int months);

}  // namespace caldate
