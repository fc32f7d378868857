#include <sstream>
#include <stdexcept>

#include "check.hpp"
#include "sparse/csr_matrix.hpp"
#include "sparse/triplet_text.hpp"

TEST("triplet text is read and written") {
    std::istringstream input("2 3\n0 1 2.5\n1 2 -4\n");
    const auto text = sparse::read_triplets<double>(input);
    CHECK(text.rows == 2 && text.columns == 3 && text.entries.size() == 2);
    CHECK(text.entries[1] == sparse::Triplet<double>{1, 2, -4});
    std::ostringstream output;
    sparse::write_triplets(output, text.rows, text.columns, text.entries);
    CHECK(output.str() == "2 3\n0 1 2.5\n1 2 -4\n");
}

TEST("malformed triplet text is refused") {
    for (const char* wrong : {"", "2", "2 3 1", "2 3 1 1", "2 3 x", "2 3 0 0 1 y"}) {
        std::istringstream input(wrong);
        CHECK_THROWS(std::invalid_argument, sparse::read_triplets<int>(input));
    }
}

TEST("an empty matrix has its shape and no entries") {
    const sparse::CsrMatrix<double> m(3, 4);
    CHECK(m.rows() == 3 && m.columns() == 4 && m.nonzeros() == 0);
    CHECK(m.row_offsets().size() == 4 && m.row_offsets()[3] == 0);
    CHECK(sparse::CsrMatrix<double>().rows() == 0 && sparse::CsrMatrix<double>().columns() == 0);
}
