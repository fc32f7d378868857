#include <stdexcept>

#include "support.hpp"

static CsrMatrix<int> sample() {
    return make<int>(4, 5,
                     {{0, 0, 1}, {0, 4, 2}, {1, 1, 3}, {1, 2, 4}, {1, 3, 5}, {3, 0, 6}, {3, 2, 7}});
}

TEST("slice: a part is counted from zero again") {
    CHECK(is<int>(sample().slice(1, 4, 1, 3), 2, {0, 2, 2, 3}, {0, 1, 1}, {3, 4, 7}));
    CHECK(is<int>(sample().slice(0, 1, 4, 5), 1, {0, 1}, {0}, {2}));
}

TEST("slice: the whole is the matrix again") { CHECK(sample().slice(0, 4, 0, 5) == sample()); }

TEST("slice: empty ranges are allowed up to the end") {
    CHECK(is<int>(sample().slice(4, 4, 0, 5), 5, {0}, {}, {}));
    CHECK(is<int>(sample().slice(0, 4, 5, 5), 0, {0, 0, 0, 0, 0}, {}, {}));
    CHECK(is<int>(sample().slice(1, 1, 2, 2), 0, {0}, {}, {}));
    CHECK(is<int>(CsrMatrix<int>().slice(0, 0, 0, 0), 0, {0}, {}, {}));
}

TEST("slice: an end beyond the matrix is out of range") {
    CHECK_THROWS(std::out_of_range, sample().slice(0, 5, 0, 5));
    CHECK_THROWS(std::out_of_range, sample().slice(0, 4, 0, 6));
    CHECK_THROWS(std::out_of_range, sample().slice(0, largest(), 0, 5));
}

TEST("slice: a begin behind its end is an invalid argument") {
    CHECK_THROWS(std::invalid_argument, sample().slice(3, 2, 0, 5));
    CHECK_THROWS(std::invalid_argument, sample().slice(0, 4, 3, 2));
    CHECK_THROWS(std::invalid_argument, sample().slice(9, 4, 0, 5));
}

TEST("slice: the number of columns costs nothing") {
    const auto m = make<int>(1, largest(), {{0, 3, 1}, {0, largest() - 2, 2}});
    CHECK(is<int>(m.slice(0, 1, 4, largest()), largest() - 4, {0, 1}, {largest() - 6}, {2}));
}
