#include <stdexcept>

#include "support.hpp"

TEST("transpose: entries change places and stay sorted") {
    const auto m = make<int>(2, 4, {{0, 3, 1}, {0, 0, 2}, {1, 3, 3}, {1, 1, 4}});
    const auto t = m.transpose();
    CHECK(is<int>(t, 2, {0, 1, 2, 2, 4}, {0, 1, 0, 1}, {2, 4, 1, 3}));
    CHECK(t.transpose() == m);
}

TEST("transpose: empty shapes") {
    CHECK(is<int>(CsrMatrix<int>(0, 3).transpose(), 0, {0, 0, 0, 0}, {}, {}));
    CHECK(is<int>(CsrMatrix<int>(3, 0).transpose(), 3, {0}, {}, {}));
}

TEST("transpose: too many columns are a length error") {
    const CsrMatrix<int> m(1, largest());
    CHECK_THROWS(std::length_error, m.transpose());
}

TEST("product: of two matrices") {
    const auto a = make<int>(2, 3, {{0, 0, 1}, {0, 2, 2}, {1, 1, 3}});
    const auto b = make<int>(3, 2, {{0, 1, 4}, {1, 0, 5}, {2, 0, 6}, {2, 1, 7}});
    CHECK(is<int>(a * b, 2, {0, 2, 3}, {0, 1, 0}, {12, 18, 15}));
    CHECK(is<int>(b * a, 3, {0, 1, 3, 6}, {1, 0, 2, 0, 1, 2}, {12, 5, 10, 6, 21, 12}));
}

TEST("product: terms that cancel or underflow are not stored") {
    const auto a = make<int>(1, 2, {{0, 0, 1}, {0, 1, -1}});
    const auto b = make<int>(2, 2, {{0, 0, 4}, {1, 0, 4}, {0, 1, 1}});
    CHECK(is<int>(a * b, 2, {0, 1}, {1}, {1}));
    const auto tiny = make<double>(1, 1, {{0, 0, 1e-200}});
    CHECK(is<double>(tiny * tiny, 1, {0, 0}, {}, {}));
}

TEST("product: terms are added by rising k") {
    // Column 1 of each row of b, so that only the order of k decides.
    const auto a = make<double>(1, 4, {{0, 0, 1.0}, {0, 1, 1.0}, {0, 2, 1.0}, {0, 3, 1.0}});
    const auto b = make<double>(
        4, 3, {{0, 1, 1e100}, {0, 2, 1.0}, {1, 1, 1.0}, {2, 1, -1e100}, {2, 0, 8.0}, {3, 1, 3.0}});
    CHECK(is<double>(a * b, 3, {0, 3}, {0, 1, 2}, {8.0, 3.0, 1.0}));
}

TEST("product: a NaN meets no implicit zero") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto a = make<double>(2, 2, {{0, 0, nan}, {1, 1, 1.0}});
    const auto b = make<double>(2, 2, {{0, 0, 2.0}, {1, 1, 3.0}});
    const auto c = a * b;
    CHECK(c.nonzeros() == 2 && c.at(0, 0) != c.at(0, 0) && c.at(0, 1) == 0.0 && c.at(1, 1) == 3.0);
}

TEST("product: the number of columns costs nothing") {
    const std::size_t wide = largest();
    const auto a = make<int>(2, 2, {{0, 0, 2}, {1, 1, 3}, {1, 0, 1}});
    const auto b = make<int>(2, wide, {{0, wide - 1, 5}, {1, 7, 1}, {1, wide - 1, 2}});
    CHECK(is<int>(a * b, wide, {0, 1, 3}, {wide - 1, 7, wide - 1}, {10, 3, 11}));
}

TEST("product: many entries at a moderate price") {
    // Two bands of 60000 rows: all pairs of rows and columns would be 3.6e9.
    const std::size_t n = 60000;
    std::vector<Triplet<int>> entries;
    for (std::size_t i = 0; i < n; ++i) {
        entries.push_back({i, i, 2});
        if (i > 0) entries.push_back({i, i - 1, 1});
    }
    const auto a = CsrMatrix<int>::from_triplets(n, n, entries);
    const auto c = a * a;
    CHECK(c.nonzeros() == 3 * n - 3);
    CHECK(c.at(n - 1, n - 1) == 4 && c.at(n - 1, n - 2) == 4 && c.at(n - 1, n - 3) == 1);
}

TEST("product: shapes that do not fit are refused") {
    const CsrMatrix<int> a(2, 3), b(2, 3);
    CHECK_THROWS(std::invalid_argument, a * b);
    CHECK_THROWS(std::invalid_argument, a * std::vector<int>(2));
    CHECK_THROWS(std::invalid_argument, a * std::vector<int>(4));
}

TEST("product: empty shapes") {
    CHECK(is<int>(CsrMatrix<int>(2, 0) * CsrMatrix<int>(0, 3), 3, {0, 0, 0}, {}, {}));
    CHECK(is<int>(CsrMatrix<int>(0, 2) * CsrMatrix<int>(2, 3), 3, {0}, {}, {}));
    CHECK((CsrMatrix<int>(2, 0) * std::vector<int>{}) == std::vector<int>(2));
}

TEST("product: of a matrix and a vector") {
    const auto a = make<double>(3, 3, {{0, 2, 2.0}, {0, 0, 1.0}, {2, 1, 4.0}});
    CHECK((a * std::vector<double>{1, 2, 3}) == std::vector<double>{7, 0, 8});
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK((a * std::vector<double>{1, nan, 3})[0] == 7);
    const auto order = make<double>(1, 4, {{0, 3, 1.0}, {0, 2, 1.0}, {0, 1, 1.0}, {0, 0, 1.0}});
    CHECK((order * std::vector<double>{1e100, 1.0, -1e100, 3.0})[0] == 3.0);
}

TEST("sum: of two matrices, without what cancels") {
    const auto a = make<int>(2, 3, {{0, 0, 1}, {0, 2, 2}, {1, 1, 3}});
    const auto b = make<int>(2, 3, {{0, 1, 4}, {0, 2, -2}, {1, 0, 6}, {1, 1, 1}});
    CHECK(is<int>(a + b, 3, {0, 2, 4}, {0, 1, 0, 1}, {1, 4, 6, 4}));
    CHECK(a + CsrMatrix<int>(2, 3) == a);
    CHECK((CsrMatrix<int>(0, 0) + CsrMatrix<int>(0, 0)).nonzeros() == 0);
}

TEST("sum: wide matrices and wrong shapes") {
    const auto a = make<int>(1, largest(), {{0, largest() - 1, 1}});
    CHECK(is<int>(a + a, largest(), {0, 1}, {largest() - 1}, {2}));
    CHECK_THROWS(std::invalid_argument, CsrMatrix<int>(2, 3) + CsrMatrix<int>(3, 2));
    CHECK_THROWS(std::invalid_argument, CsrMatrix<int>(2, 3) + CsrMatrix<int>(2, 4));
    CHECK_THROWS(std::invalid_argument, CsrMatrix<int>(2, 3) + CsrMatrix<int>(3, 3));
}

TEST("equality: shape and entries") {
    const auto a = make<int>(2, 2, {{0, 1, 1}});
    CHECK(a == make<int>(2, 2, {{0, 1, 3}, {0, 1, -2}}));
    CHECK(a != make<int>(2, 2, {{0, 1, 2}}));
    CHECK(a != make<int>(2, 2, {{0, 0, 1}}));
    CHECK(a != make<int>(2, 2, {{1, 1, 1}}));
    CHECK(a != make<int>(2, 3, {{0, 1, 1}}));
    CHECK(a != make<int>(3, 2, {{0, 1, 1}}));
    CHECK(CsrMatrix<int>(0, 2) != CsrMatrix<int>(0, 3));
}
