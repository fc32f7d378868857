#include <complex>
#include <stdexcept>

#include "support.hpp"

TEST("build: triplets in any order become sorted rows") {
    const auto m = make<int>(4, 5, {{3, 4, 7}, {0, 3, 1}, {0, 0, 2}, {3, 0, 5}, {0, 4, 9}});
    CHECK(is<int>(m, 5, {0, 3, 3, 3, 5}, {0, 3, 4, 0, 4}, {2, 1, 9, 5, 7}));
}

TEST("build: values for one place are summed") {
    const auto m = make<int>(2, 2, {{1, 1, 2}, {0, 0, 1}, {1, 1, 3}, {1, 1, -1}});
    CHECK(is<int>(m, 2, {0, 1, 2}, {0, 1}, {1, 4}));
}

TEST("build: zeros and sums that cancel are not stored") {
    const auto m =
        make<double>(2, 3, {{0, 0, 0.0}, {0, 1, 2.0}, {1, 2, 4.0}, {0, 1, -2.0}, {1, 0, -0.0}});
    CHECK(is<double>(m, 3, {0, 0, 1}, {2}, {4.0}));
    const auto again = make<int>(1, 1, {{0, 0, 2}, {0, 0, -2}, {0, 0, 5}});
    CHECK(is<int>(again, 1, {0, 1}, {0}, {5}));
}

TEST("build: a NaN is stored") {
    const auto m = make<double>(1, 2, {{0, 1, std::numeric_limits<double>::quiet_NaN()}});
    CHECK(m.nonzeros() == 1 && m.at(0, 1) != m.at(0, 1));
}

TEST("build: duplicates are added in the order of the input") {
    // 1e100 + 1 - 1e100 is 0 in this order only; with many entries an unstable sort mixes them up.
    std::vector<Triplet<double>> entries;
    for (std::size_t i = 0; i < 200; ++i) {
        for (std::size_t column = 60; column-- > 0;) {
            const double cycle[] = {1e100, 1.0, -1e100, 3.0};
            entries.push_back({0, column, cycle[(i + column) % 4]});
        }
    }
    std::vector<double> sums(60);
    for (const auto& entry : entries) sums[entry.column] += entry.value;
    const auto m = CsrMatrix<double>::from_triplets(1, 60, entries);
    for (std::size_t column = 0; column < 60; ++column) CHECK(m.at(0, column) == sums[column]);
}

TEST("build: a triplet outside the matrix is out of range") {
    CHECK_THROWS(std::out_of_range, make<int>(2, 3, {{2, 0, 1}}));
    CHECK_THROWS(std::out_of_range, make<int>(2, 3, {{0, 3, 1}}));
    CHECK_THROWS(std::out_of_range, make<int>(2, 3, {{0, 0, 1}, {5, 1, 0}}));
    CHECK_THROWS(std::out_of_range, make<int>(0, 0, {{0, 0, 0}}));
    CHECK_THROWS(std::out_of_range, make<int>(2, 3, {{largest(), 0, 1}}));
}

TEST("build: more rows than can be represented are a length error") {
    CHECK_THROWS(std::length_error, CsrMatrix<int>(largest(), 1));
    CHECK_THROWS(std::length_error, CsrMatrix<int>(largest() - 1, 1));
    CHECK_THROWS(std::length_error, make<int>(largest(), 1, {}));
}

TEST("build: the number of columns costs nothing") {
    const auto m = make<int>(2, largest(), {{1, largest() - 1, 4}, {0, 5, 1}, {1, 0, 2}});
    CHECK(is<int>(m, largest(), {0, 1, 3}, {5, 0, largest() - 1}, {1, 2, 4}));
    CHECK(m.at(1, largest() - 1) == 4);
}

TEST("build: complex numbers are elements too") {
    using C = std::complex<double>;
    const auto m = make<C>(1, 2, {{0, 1, C(1, 2)}, {0, 1, C(1, -2)}, {0, 0, C(0, 1)}});
    CHECK(is<C>(m, 2, {0, 2}, {0, 1}, {C(0, 1), C(2, 0)}));
}
