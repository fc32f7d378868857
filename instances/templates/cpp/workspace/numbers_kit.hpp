#pragma once

namespace numbers_kit {

/// Twice the number.
int double_of(int number);

/// The number, kept between two bounds.
int clamp(int number, int low, int high);

}  // namespace numbers_kit
