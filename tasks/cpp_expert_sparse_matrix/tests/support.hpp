#pragma once

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "check.hpp"
#include "sparse/csr_matrix.hpp"

using sparse::CsrMatrix;
using sparse::Triplet;

template <class T>
CsrMatrix<T> make(std::size_t rows, std::size_t columns, std::initializer_list<Triplet<T>> list) {
    const std::vector<Triplet<T>> entries(list);
    return CsrMatrix<T>::from_triplets(rows, columns, entries);
}

/// Whether the three arrays are exactly these, and agree with the counts.
template <class T>
bool is(const CsrMatrix<T>& m, std::size_t columns, const std::vector<std::size_t>& offsets,
        const std::vector<std::size_t>& indices, const std::vector<T>& values) {
    const auto same = [](auto span, const auto& vector) {
        if (span.size() != vector.size()) return false;
        for (std::size_t i = 0; i < span.size(); ++i) {
            if (!(span[i] == vector[i])) return false;
        }
        return true;
    };
    return m.rows() + 1 == offsets.size() && m.columns() == columns &&
           m.nonzeros() == values.size() && same(m.row_offsets(), offsets) &&
           same(m.column_indices(), indices) && same(m.values(), values);
}

/// A copy of all that a matrix is, made without the matrix's own copy constructor.
template <class T>
struct Snapshot {
    std::size_t columns;
    std::vector<std::size_t> offsets, indices;
    std::vector<T> values;

    explicit Snapshot(const CsrMatrix<T>& m)
        : columns(m.columns()),
          offsets(m.row_offsets().begin(), m.row_offsets().end()),
          indices(m.column_indices().begin(), m.column_indices().end()),
          values(m.values().begin(), m.values().end()) {}

    bool matches(const CsrMatrix<T>& m) const { return is(m, columns, offsets, indices, values); }
};

// Not a constant expression, so that the compiler does not warn of sizes that are meant to be
// wrong.
inline std::size_t largest() {
    static volatile std::size_t size = std::numeric_limits<std::size_t>::max();
    return size;
}
