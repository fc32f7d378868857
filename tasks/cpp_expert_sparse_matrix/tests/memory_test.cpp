// Random matrices against a dense model, built with the address and undefined behaviour sanitizers.
#include "support.hpp"

using Dense = std::vector<std::vector<int>>;

static unsigned state = 99;

static unsigned draw(unsigned bound) {
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % bound;
}

static CsrMatrix<int> random_matrix(std::size_t rows, std::size_t columns, Dense& dense) {
    dense.assign(rows, std::vector<int>(columns));
    std::vector<Triplet<int>> entries;
    for (unsigned i = rows && columns ? draw(60) : 0; i > 0; --i) {
        const std::size_t row = draw(static_cast<unsigned>(rows));
        const std::size_t column = draw(static_cast<unsigned>(columns));
        const int value = static_cast<int>(draw(7)) - 3;
        entries.push_back({row, column, value});
        dense[row][column] += value;
    }
    return CsrMatrix<int>::from_triplets(rows, columns, entries);
}

static bool agrees(const CsrMatrix<int>& m, const Dense& dense, std::size_t columns) {
    std::vector<std::size_t> offsets{0}, indices;
    std::vector<int> values;
    for (const auto& row : dense) {
        for (std::size_t column = 0; column < columns; ++column) {
            if (row[column] == 0) continue;
            indices.push_back(column);
            values.push_back(row[column]);
        }
        offsets.push_back(values.size());
    }
    return is<int>(m, columns, offsets, indices, values);
}

TEST("no memory errors (address sanitizer)") {
    for (int round = 0; round < 300; ++round) {
        const std::size_t n = draw(9), k = draw(9), m = draw(9);
        Dense a, b, c;
        auto left = random_matrix(n, k, a);
        const auto right = random_matrix(k, m, b);
        const auto other = random_matrix(n, k, c);
        CHECK(agrees(left, a, k));

        Dense product(n, std::vector<int>(m)), transposed(k, std::vector<int>(n)), sum = a;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < k; ++j) {
                transposed[j][i] = a[i][j];
                sum[i][j] += c[i][j];
                for (std::size_t l = 0; l < m; ++l) product[i][l] += a[i][j] * b[j][l];
            }
        }
        CHECK(agrees(left * right, product, m));
        CHECK(agrees(left.transpose(), transposed, n));
        CHECK(agrees(left + other, sum, k));

        std::size_t count = 0;
        for (const auto& entry : left) {
            CHECK(a[entry.row][entry.column] == entry.value);
            ++count;
        }
        CHECK(count == left.nonzeros());
        for (std::size_t i = 0; i < n; ++i) {
            for (const auto& entry : left.row(i)) CHECK(a[i][entry.column] == entry.value);
            for (std::size_t j = 0; j < k; ++j) {
                left.set(i, j, static_cast<int>(draw(2)) * (c[i][j] + 1));
                CHECK(left.at(i, j) == 0 || left.at(i, j) == c[i][j] + 1);
            }
        }
        const std::size_t r = draw(static_cast<unsigned>(n) + 1);
        const std::size_t s = draw(static_cast<unsigned>(k) + 1);
        CHECK(other.slice(r, n, s, k).rows() == n - r);
    }
}
