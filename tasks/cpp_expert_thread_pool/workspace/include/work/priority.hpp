#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace work {

/// Which of the waiting jobs goes first.
enum class Priority { high, normal, low };

inline constexpr std::size_t priority_count = 3;
inline constexpr std::array<std::string_view, priority_count> priority_names{"high", "normal",
                                                                             "low"};

/// The name of a priority, as parse_priority reads it.
inline std::string_view name(Priority priority) {
    return priority_names[static_cast<std::size_t>(priority)];
}

/// The priority of that name; std::invalid_argument when there is none.
inline Priority parse_priority(std::string_view text) {
    for (std::size_t i = 0; i < priority_count; ++i) {
        if (priority_names[i] == text) return static_cast<Priority>(i);
    }
    throw std::invalid_argument("unknown priority '" + std::string(text) +
                                "'; choose high, normal or low");
}

}  // namespace work
