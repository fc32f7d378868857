#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include "sparse/triplet.hpp"

namespace sparse {

/// A matrix in compressed sparse row form.
///
/// The entries of row r are those at positions row_offsets()[r] up to, not including,
/// row_offsets()[r + 1] of column_indices() and values(), by rising column. A stored value is never
/// equal to T{}.
template <class T>
class CsrMatrix {
  public:
    /// A matrix without rows or columns.
    CsrMatrix() : CsrMatrix(0, 0) {}

    /// A matrix of zeros.
    CsrMatrix(std::size_t rows, std::size_t columns) : columns_(columns), row_offsets_(rows + 1) {}

    std::size_t rows() const { return row_offsets_.size() - 1; }
    std::size_t columns() const { return columns_; }
    std::size_t nonzeros() const { return values_.size(); }

    std::span<const std::size_t> row_offsets() const { return row_offsets_; }
    std::span<const std::size_t> column_indices() const { return column_indices_; }
    std::span<const T> values() const { return values_; }

    // Still to come: from_triplets, at, set, add, scale, transpose, slice, row, begin and end,
    // operator*, operator+ and operator==.

  private:
    std::size_t columns_ = 0;
    std::vector<std::size_t> row_offsets_;
    std::vector<std::size_t> column_indices_;
    std::vector<T> values_;
};

}  // namespace sparse
