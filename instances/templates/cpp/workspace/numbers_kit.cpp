#include "numbers_kit.hpp"

#include <stdexcept>

namespace numbers_kit {

int double_of(int number) { return 2 * number; }

int clamp(int, int, int) { throw std::logic_error("clamp is not written yet"); }

}  // namespace numbers_kit
