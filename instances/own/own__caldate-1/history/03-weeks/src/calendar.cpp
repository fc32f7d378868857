#include "caldate/calendar.hpp"

#include <algorithm>

namespace caldate {

Week iso_week(const Date& date) {
    const long ordinal = days_from_epoch(date) - days_from_epoch({date.year, 1, 1}) + 1;
    const int number = static_cast<int>((ordinal - weekday(date) + 10) / 7);
    if (number < 1) {
        return {date.year - 1, 52};
    }
    return {date.year, number};
}

Date add_months(const Date& date, int months) {
    const int total = date.year * 12 + date.month - 1 + months;
    const int year = total / 12;
    const int month = total % 12 + 1;
    return {year, month, std::min(date.day, days_in_month(date.year, month))};
}

}  // namespace caldate
