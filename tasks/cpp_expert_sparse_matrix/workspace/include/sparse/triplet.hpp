#pragma once

#include <cstddef>

namespace sparse {

/// One entry of a matrix: where it stands (from zero) and what it is.
template <class T>
struct Triplet {
    std::size_t row = 0;
    std::size_t column = 0;
    T value{};

    friend bool operator==(const Triplet&, const Triplet&) = default;
};

}  // namespace sparse
