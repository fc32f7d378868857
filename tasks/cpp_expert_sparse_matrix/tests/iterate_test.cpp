#include <algorithm>
#include <iterator>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <type_traits>

#include "sparse/triplet_text.hpp"
#include "support.hpp"

using Matrix = CsrMatrix<int>;

TEST("iterate: the iterator is a forward iterator over triplets") {
    using Iterator = Matrix::const_iterator;
    static_assert(std::forward_iterator<Iterator>);
    static_assert(std::is_same_v<std::iter_value_t<Iterator>, Triplet<int>>);
    static_assert(std::ranges::forward_range<const Matrix>);
    static_assert(std::ranges::common_range<const Matrix>);
    static_assert(std::is_same_v<decltype(std::declval<const Matrix&>().begin()), Iterator>);
    static_assert(std::is_same_v<decltype(std::declval<const Matrix&>().end()), Iterator>);
    CHECK(Iterator() == Iterator());
}

TEST("iterate: row by row, past rows without entries") {
    const auto m = make<int>(6, 3, {{4, 0, 4}, {1, 2, 2}, {1, 0, 1}, {4, 1, 5}});
    std::vector<Triplet<int>> seen;
    for (const auto& [row, column, value] : m) seen.push_back({row, column, value});
    CHECK(seen == std::vector<Triplet<int>>{{1, 0, 1}, {1, 2, 2}, {4, 0, 4}, {4, 1, 5}});
    CHECK(std::ranges::equal(m, seen));
}

TEST("iterate: matrices without entries give none") {
    const Matrix none, rows(5, 0), zeros(4, 4);
    CHECK(none.begin() == none.end() && rows.begin() == rows.end());
    CHECK(zeros.begin() == zeros.end());
    auto emptied = make<int>(2, 2, {{0, 0, 1}});
    emptied.set(0, 0, 0);
    CHECK(emptied.begin() == emptied.end());
}

TEST("iterate: several passes with copies of an iterator") {
    const auto m = make<int>(3, 3, {{0, 0, 1}, {2, 1, 2}, {2, 2, 3}});
    auto first = m.begin();
    const auto kept = first;
    CHECK((*first++).value == 1);
    CHECK((*first).row == 2 && (*first).column == 1);
    CHECK(kept == m.begin() && first != kept && *kept == Triplet<int>{0, 0, 1});
    CHECK(++first == std::ranges::next(m.begin(), 2));
    CHECK(++first == m.end());
    CHECK(std::ranges::distance(m) == 3);
    CHECK(std::ranges::next(m.begin(), 1) != std::ranges::next(m.begin(), 2));
}

TEST("iterate: entries can be built from again and written as text") {
    const auto m = make<int>(3, 2, {{2, 1, 5}, {0, 1, -1}});
    const std::vector<Triplet<int>> entries(m.begin(), m.end());
    CHECK(Matrix::from_triplets(3, 2, entries) == m);
    std::ostringstream output;
    sparse::write_triplets(output, m.rows(), m.columns(), m);
    CHECK(output.str() == "3 2\n0 1 -1\n2 1 5\n");
}

TEST("row: a sized random access view of one row") {
    const auto m = make<int>(3, 9, {{1, 8, 4}, {1, 0, 1}, {1, 5, 3}, {0, 3, 7}});
    auto row = m.row(1);
    using Row = decltype(row);
    static_assert(std::ranges::random_access_range<Row>);
    static_assert(std::ranges::sized_range<Row>);
    CHECK(std::ranges::size(row) == 3);
    const auto first = std::ranges::begin(row);
    CHECK(first[0].column == 0 && first[0].value == 1);
    CHECK(first[2].column == 8 && first[2].value == 4);
    CHECK((*(std::ranges::end(row) - 2)).column == 5);
    int sum = 0;
    for (const auto& entry : m.row(1)) sum += entry.value;
    CHECK(sum == 8);
}

TEST("row: empty rows and rows outside") {
    const auto m = make<int>(3, 2, {{1, 1, 1}});
    auto first = m.row(0);
    auto last = m.row(2);
    CHECK(std::ranges::empty(first) && std::ranges::empty(last));
    CHECK_THROWS(std::out_of_range, m.row(3));
    CHECK_THROWS(std::out_of_range, Matrix().row(0));
}
