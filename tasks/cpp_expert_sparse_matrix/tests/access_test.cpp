#include <map>
#include <stdexcept>
#include <utility>

#include "support.hpp"

TEST("at: stored and absent values") {
    const auto m = make<int>(3, 4, {{0, 0, 1}, {0, 3, 2}, {2, 1, 3}});
    CHECK(m.at(0, 0) == 1 && m.at(0, 3) == 2 && m.at(2, 1) == 3);
    CHECK(m.at(0, 1) == 0 && m.at(1, 0) == 0 && m.at(1, 3) == 0 && m.at(2, 3) == 0);
}

TEST("at: places outside the matrix are out of range") {
    const auto m = make<int>(3, 4, {{2, 3, 1}});
    CHECK_THROWS(std::out_of_range, m.at(3, 0));
    CHECK_THROWS(std::out_of_range, m.at(0, 4));
    CHECK_THROWS(std::out_of_range, m.at(largest(), largest()));
    CHECK_THROWS(std::out_of_range, CsrMatrix<int>().at(0, 0));
}

TEST("set: inserts at the front, in the middle and at the end of rows") {
    CsrMatrix<int> m(3, 5);
    m.set(1, 2, 10);
    m.set(1, 0, 11);
    m.set(1, 4, 12);
    m.set(0, 4, 13);
    m.set(2, 0, 14);
    m.set(1, 3, 15);
    CHECK(is<int>(m, 5, {0, 1, 5, 6}, {4, 0, 2, 3, 4, 0}, {13, 11, 10, 15, 12, 14}));
}

TEST("set: replaces and removes") {
    auto m = make<int>(3, 3, {{0, 0, 1}, {1, 1, 2}, {1, 2, 3}, {2, 0, 4}});
    m.set(1, 1, 20);
    CHECK(m.nonzeros() == 4 && m.at(1, 1) == 20);
    m.set(1, 1, 0);
    CHECK(is<int>(m, 3, {0, 1, 2, 3}, {0, 2, 0}, {1, 3, 4}));
    m.set(1, 1, 0);
    CHECK(is<int>(m, 3, {0, 1, 2, 3}, {0, 2, 0}, {1, 3, 4}));
}

TEST("set: outside the matrix is out of range, also for zero") {
    auto m = make<int>(2, 2, {{1, 1, 1}});
    CHECK_THROWS(std::out_of_range, m.set(2, 0, 1));
    CHECK_THROWS(std::out_of_range, m.set(0, 2, 1));
    CHECK_THROWS(std::out_of_range, m.set(0, 2, 0));
    CHECK(is<int>(m, 2, {0, 0, 1}, {1}, {1}));
}

TEST("set: any history ends in the same arrays as building at once") {
    std::map<std::pair<std::size_t, std::size_t>, int> model;
    CsrMatrix<int> m(7, 11);
    unsigned state = 12345;
    const auto draw = [&](unsigned bound) {
        state = state * 1664525u + 1013904223u;
        return (state >> 16) % bound;
    };
    for (int step = 0; step < 3000; ++step) {
        const std::size_t row = draw(7), column = draw(11);
        const int value = static_cast<int>(draw(4)) - 1;
        m.set(row, column, value);
        if (value == 0) {
            model.erase({row, column});
        } else {
            model[{row, column}] = value;
        }
    }
    std::vector<Triplet<int>> entries;
    for (const auto& [place, value] : model) entries.push_back({place.first, place.second, value});
    const auto built = CsrMatrix<int>::from_triplets(7, 11, entries);
    CHECK(Snapshot<int>(built).matches(m) && m == built);
}

TEST("add: new places, old places, and places that cancel") {
    auto m = make<int>(3, 4, {{0, 1, 1}, {1, 0, 2}, {1, 3, 3}});
    const std::vector<Triplet<int>> more{{2, 2, 9}, {1, 3, -1}, {0, 0, 5}, {1, 3, -2},
                                         {0, 1, 4}, {0, 2, 1},  {0, 2, -1}};
    m.add(more);
    CHECK(is<int>(m, 4, {0, 2, 3, 4}, {0, 1, 0, 2}, {5, 5, 2, 9}));
    m.add({});
    CHECK(is<int>(m, 4, {0, 2, 3, 4}, {0, 1, 0, 2}, {5, 5, 2, 9}));
}

TEST("add: the stored value comes first, then the triplets in order") {
    auto m = make<double>(1, 2, {{0, 1, 1e100}});
    const std::vector<Triplet<double>> more{{0, 1, 1.0}, {0, 1, -1e100}, {0, 1, 3.0}};
    m.add(more);
    CHECK(m.at(0, 1) == 3.0);
    auto other = make<double>(1, 1, {{0, 0, 1.0}});
    const std::vector<Triplet<double>> apart{{0, 0, 1e100}, {0, 0, -1e100}};
    other.add(apart);
    CHECK(other.nonzeros() == 0);
}

TEST("add: one wrong triplet and nothing is added") {
    auto m = make<int>(2, 2, {{0, 0, 1}});
    const std::vector<Triplet<int>> more{{0, 0, 5}, {1, 1, 6}, {1, 2, 0}};
    CHECK_THROWS(std::out_of_range, m.add(more));
    CHECK(is<int>(m, 2, {0, 1, 1}, {0}, {1}));
}

TEST("scale: multiplies, drops zeros and underflow") {
    auto m = make<double>(2, 2, {{0, 0, 1e-200}, {0, 1, 2.0}, {1, 1, 4.0}});
    m.scale(1e-200);
    CHECK(is<double>(m, 2, {0, 1, 2}, {1, 1}, {2.0 * 1e-200, 4.0 * 1e-200}));
    m.scale(0.0);
    CHECK(is<double>(m, 2, {0, 0, 0}, {}, {}));
}

TEST("scale: by one of its own values") {
    auto m = make<int>(1, 3, {{0, 0, 2}, {0, 1, 3}, {0, 2, 5}});
    m.scale(m.values()[0]);
    CHECK(is<int>(m, 3, {0, 3}, {0, 1, 2}, {4, 6, 10}));
}
