#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sparse/triplet.hpp"

namespace sparse {

/// A matrix in compressed sparse row form.
///
/// The entries of row r are those at positions row_offsets()[r] up to, not including,
/// row_offsets()[r + 1] of column_indices() and values(), by rising column. A stored value is never
/// equal to T{}.
///
/// Indices outside the matrix throw std::out_of_range, shapes that do not fit each other
/// std::invalid_argument. A call that throws leaves every matrix as it was.
template <class T>
class CsrMatrix {
  public:
    /// An entry as a row's view gives it.
    struct RowEntry {
        std::size_t column = 0;
        T value{};

        friend bool operator==(const RowEntry&, const RowEntry&) = default;
    };

    /// Visits the entries row by row; invalid once the matrix is changed or destroyed.
    class const_iterator {
      public:
        using iterator_concept = std::forward_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = Triplet<T>;
        using difference_type = std::ptrdiff_t;
        using reference = Triplet<T>;
        using pointer = void;

        const_iterator() = default;

        Triplet<T> operator*() const {
            return {row_, matrix_->column_indices_[position_], matrix_->values_[position_]};
        }

        const_iterator& operator++() {
            ++position_;
            skip_finished_rows();
            return *this;
        }

        const_iterator operator++(int) {
            auto before = *this;
            ++*this;
            return before;
        }

        friend bool operator==(const const_iterator& a, const const_iterator& b) {
            return a.matrix_ == b.matrix_ && a.position_ == b.position_;
        }

      private:
        friend class CsrMatrix;

        const_iterator(const CsrMatrix* matrix, std::size_t row, std::size_t position)
            : matrix_(matrix), row_(row), position_(position) {
            skip_finished_rows();
        }

        void skip_finished_rows() {
            while (row_ < matrix_->rows() && position_ == matrix_->row_offsets_[row_ + 1]) ++row_;
        }

        const CsrMatrix* matrix_ = nullptr;
        std::size_t row_ = 0;
        std::size_t position_ = 0;
    };

    /// A matrix without rows or columns.
    CsrMatrix() : CsrMatrix(0, 0) {}

    /// A matrix of zeros; std::length_error when there are more rows than memory could ever hold.
    CsrMatrix(std::size_t rows, std::size_t columns)
        : columns_(columns), row_offsets_(offset_count(rows)) {}

    CsrMatrix(const CsrMatrix&) = default;
    CsrMatrix(CsrMatrix&&) noexcept = default;
    CsrMatrix& operator=(CsrMatrix&&) noexcept = default;
    ~CsrMatrix() = default;

    CsrMatrix& operator=(const CsrMatrix& other) {
        // Copying array by array would leave a half when memory runs out at the second.
        CsrMatrix copy(other);
        swap(copy);
        return *this;
    }

    /// Values for the same place are added in the order of the entries.
    static CsrMatrix from_triplets(std::size_t rows, std::size_t columns,
                                   std::span<const Triplet<T>> entries) {
        CsrMatrix result(rows, columns);
        result.add(entries);
        return result;
    }

    std::size_t rows() const { return row_offsets_.size() - 1; }
    std::size_t columns() const { return columns_; }
    std::size_t nonzeros() const { return values_.size(); }

    std::span<const std::size_t> row_offsets() const { return row_offsets_; }
    std::span<const std::size_t> column_indices() const { return column_indices_; }
    std::span<const T> values() const { return values_; }

    T at(std::size_t row, std::size_t column) const {
        check_place(row, column);
        const auto position = lower_bound(row, column);
        return holds(row, column, position) ? values_[position] : T{};
    }

    void set(std::size_t row, std::size_t column, T value) {
        check_place(row, column);
        const auto position = lower_bound(row, column);
        const bool stored = holds(row, column, position);
        const auto offset = static_cast<std::ptrdiff_t>(position);
        if (value == T{}) {
            if (!stored) return;
            column_indices_.erase(column_indices_.begin() + offset);
            values_.erase(values_.begin() + offset);
            shift_offsets(row, std::size_t(0) - 1);
        } else if (stored) {
            using std::swap;
            swap(values_[position], value);
        } else {
            // All that can throw happens before the first array changes.
            make_room(column_indices_);
            make_room(values_);
            column_indices_.insert(column_indices_.begin() + offset, column);
            values_.insert(values_.begin() + offset, std::move(value));
            shift_offsets(row, 1);
        }
    }

    /// Adds the entries to what is stored, in their order; all of them or none.
    void add(std::span<const Triplet<T>> entries) {
        for (const auto& entry : entries) check_place(entry.row, entry.column);
        std::vector<const Triplet<T>*> order;
        order.reserve(entries.size());
        for (const auto& entry : entries) order.push_back(&entry);
        std::ranges::sort(order, {}, [](const Triplet<T>* entry) {
            return std::pair(entry->row, entry->column);
        });

        Builder builder(rows(), columns_);
        auto next = order.begin();
        for (std::size_t row = 0; row < rows(); ++row) {
            auto position = row_offsets_[row];
            const auto end = row_offsets_[row + 1];
            while (position < end || (next != order.end() && (*next)->row == row)) {
                const bool has_new = next != order.end() && (*next)->row == row;
                const bool from_stored =
                    position < end && (!has_new || column_indices_[position] <= (*next)->column);
                const auto column = from_stored ? column_indices_[position] : (*next)->column;
                T sum = from_stored ? values_[position++] : (*next++)->value;
                while (next != order.end() && (*next)->row == row && (*next)->column == column) {
                    sum += (*next++)->value;
                }
                builder.append(column, std::move(sum));
            }
            builder.end_row(row);
        }
        swap(builder.result);
    }

    /// Multiplies every stored value; those that become zero are dropped.
    void scale(const T& factor) {
        Builder builder(rows(), columns_);
        for (std::size_t row = 0; row < rows(); ++row) {
            for (auto k = row_offsets_[row]; k < row_offsets_[row + 1]; ++k) {
                builder.append(column_indices_[k], values_[k] * factor);
            }
            builder.end_row(row);
        }
        swap(builder.result);
    }

    CsrMatrix transpose() const {
        CsrMatrix result(columns_, rows());
        auto& offsets = result.row_offsets_;
        for (const auto column : column_indices_) ++offsets[column + 1];
        for (std::size_t row = 0; row < columns_; ++row) offsets[row + 1] += offsets[row];
        result.column_indices_.resize(nonzeros());
        result.values_.resize(nonzeros());
        std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
        for (std::size_t row = 0; row < rows(); ++row) {
            for (auto k = row_offsets_[row]; k < row_offsets_[row + 1]; ++k) {
                const auto target = next[column_indices_[k]]++;
                result.column_indices_[target] = row;
                result.values_[target] = values_[k];
            }
        }
        return result;
    }

    /// The rows and columns of two half-open ranges, counted from zero again.
    CsrMatrix slice(std::size_t row_begin, std::size_t row_end, std::size_t column_begin,
                    std::size_t column_end) const {
        check_range("row", row_begin, row_end, rows());
        check_range("column", column_begin, column_end, columns_);
        Builder builder(row_end - row_begin, column_end - column_begin);
        for (auto row = row_begin; row < row_end; ++row) {
            const auto end = lower_bound(row, column_end);
            for (auto k = lower_bound(row, column_begin); k < end; ++k) {
                builder.append(column_indices_[k] - column_begin, values_[k]);
            }
            builder.end_row(row - row_begin);
        }
        return std::move(builder.result);
    }

    /// The entries of one row as a random access view of RowEntry values.
    auto row(std::size_t row) const {
        check_index("row", row, rows());
        return std::views::iota(row_offsets_[row], row_offsets_[row + 1]) |
               std::views::transform([columns = column_indices_.data(),
                                      values = values_.data()](std::size_t position) {
                   return RowEntry{columns[position], values[position]};
               });
    }

    const_iterator begin() const { return {this, 0, 0}; }
    const_iterator end() const { return {this, rows(), nonzeros()}; }

    friend CsrMatrix operator*(const CsrMatrix& a, const CsrMatrix& b) {
        check_fit(a.columns_ == b.rows(), "product", a, b);
        Builder builder(a.rows(), b.columns_);
        std::vector<RowEntry> terms;
        for (std::size_t row = 0; row < a.rows(); ++row) {
            terms.clear();
            for (auto i = a.row_offsets_[row]; i < a.row_offsets_[row + 1]; ++i) {
                const auto k = a.column_indices_[i];
                for (auto j = b.row_offsets_[k]; j < b.row_offsets_[k + 1]; ++j) {
                    terms.push_back({b.column_indices_[j], a.values_[i] * b.values_[j]});
                }
            }
            // Stable, so that the terms of a column are still added by rising k.
            std::ranges::stable_sort(terms, {}, &RowEntry::column);
            for (auto term = terms.begin(); term != terms.end();) {
                const auto column = term->column;
                T sum = std::move(term->value);
                while (++term != terms.end() && term->column == column) sum += term->value;
                builder.append(column, std::move(sum));
            }
            builder.end_row(row);
        }
        return std::move(builder.result);
    }

    friend std::vector<T> operator*(const CsrMatrix& a, const std::vector<T>& x) {
        if (x.size() != a.columns_) {
            throw std::invalid_argument("CsrMatrix: product of a matrix with " +
                                        std::to_string(a.columns_) + " columns and a vector of " +
                                        std::to_string(x.size()));
        }
        std::vector<T> result(a.rows());
        for (std::size_t row = 0; row < a.rows(); ++row) {
            for (auto k = a.row_offsets_[row]; k < a.row_offsets_[row + 1]; ++k) {
                result[row] += a.values_[k] * x[a.column_indices_[k]];
            }
        }
        return result;
    }

    friend CsrMatrix operator+(const CsrMatrix& a, const CsrMatrix& b) {
        check_fit(a.rows() == b.rows() && a.columns_ == b.columns_, "sum", a, b);
        CsrMatrix result(a);
        const std::vector<Triplet<T>> entries(b.begin(), b.end());
        result.add(entries);
        return result;
    }

    friend bool operator==(const CsrMatrix&, const CsrMatrix&) = default;

  private:
    /// Puts a matrix together entry by entry, by rising place; drops zeros.
    struct Builder {
        CsrMatrix result;

        Builder(std::size_t rows, std::size_t columns) : result(rows, columns) {}

        void append(std::size_t column, T value) {
            if (value == T{}) return;
            result.column_indices_.push_back(column);
            result.values_.push_back(std::move(value));
        }

        void end_row(std::size_t row) { result.row_offsets_[row + 1] = result.values_.size(); }
    };

    static std::size_t offset_count(std::size_t rows) {
        if (rows == std::numeric_limits<std::size_t>::max()) {
            throw std::length_error("CsrMatrix: too many rows");
        }
        return rows + 1;
    }

    static void check_index(const char* what, std::size_t index, std::size_t count) {
        if (index < count) return;
        throw std::out_of_range("CsrMatrix: " + std::string(what) + ' ' + std::to_string(index) +
                                " of a matrix with " + std::to_string(count));
    }

    static void check_range(const char* what, std::size_t begin, std::size_t end,
                            std::size_t count) {
        if (end > count) {
            throw std::out_of_range("CsrMatrix: slice up to " + std::string(what) + ' ' +
                                    std::to_string(end) + " of " + std::to_string(count));
        }
        if (begin > end) {
            throw std::invalid_argument("CsrMatrix: slice from " + std::string(what) + ' ' +
                                        std::to_string(begin) + " to " + std::to_string(end));
        }
    }

    static void check_fit(bool fits, const char* what, const CsrMatrix& a, const CsrMatrix& b) {
        if (fits) return;
        const auto shape = [](const CsrMatrix& m) {
            return std::to_string(m.rows()) + " x " + std::to_string(m.columns_);
        };
        throw std::invalid_argument("CsrMatrix: " + std::string(what) + " of a " + shape(a) +
                                    " and a " + shape(b) + " matrix");
    }

    void check_place(std::size_t row, std::size_t column) const {
        check_index("row", row, rows());
        check_index("column", column, columns_);
    }

    /// The position of the first entry of the row whose column is not less.
    std::size_t lower_bound(std::size_t row, std::size_t column) const {
        const auto first = column_indices_.begin();
        const auto at = [&](std::size_t r) {
            return first + static_cast<std::ptrdiff_t>(row_offsets_[r]);
        };
        return static_cast<std::size_t>(std::lower_bound(at(row), at(row + 1), column) - first);
    }

    bool holds(std::size_t row, std::size_t column, std::size_t position) const {
        return position < row_offsets_[row + 1] && column_indices_[position] == column;
    }

    void shift_offsets(std::size_t row, std::size_t by) {
        for (auto r = row + 1; r < row_offsets_.size(); ++r) row_offsets_[r] += by;
    }

    template <class Element>
    static void make_room(std::vector<Element>& elements) {
        if (elements.size() < elements.capacity()) return;
        elements.reserve(std::max<std::size_t>(4, elements.size() * 2));
    }

    void swap(CsrMatrix& other) noexcept {
        std::swap(columns_, other.columns_);
        row_offsets_.swap(other.row_offsets_);
        column_indices_.swap(other.column_indices_);
        values_.swap(other.values_);
    }

    std::size_t columns_ = 0;
    std::vector<std::size_t> row_offsets_;
    std::vector<std::size_t> column_indices_;
    std::vector<T> values_;
};

}  // namespace sparse
