#include "numbers_kit.hpp"

#include <algorithm>
#include <stdexcept>

namespace numbers_kit {

int double_of(int number) { return 2 * number; }

int clamp(int number, int low, int high) {
    if (low > high) throw std::invalid_argument("low is above high");
    return std::clamp(number, low, high);
}

}  // namespace numbers_kit
