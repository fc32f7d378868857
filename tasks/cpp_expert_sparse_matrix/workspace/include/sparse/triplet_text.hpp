#pragma once

#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "sparse/triplet.hpp"

namespace sparse {

/// What a triplet file holds: the shape of the matrix and its entries in the order of the file.
template <class T>
struct TripletText {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<Triplet<T>> entries;
};

/// Reads `rows columns` and then any number of `row column value` groups, separated by white space.
/// Throws std::invalid_argument when the text is not of that form.
template <class T>
TripletText<T> read_triplets(std::istream& input) {
    TripletText<T> text;
    if (!(input >> text.rows >> text.columns)) {
        throw std::invalid_argument(
            "triplet text: it must start with the numbers of rows and columns");
    }
    Triplet<T> entry;
    while (input >> entry.row) {
        if (!(input >> entry.column >> entry.value)) {
            throw std::invalid_argument("triplet text: entry " +
                                        std::to_string(text.entries.size()) + " is incomplete");
        }
        text.entries.push_back(entry);
    }
    if (!input.eof()) {
        throw std::invalid_argument("triplet text: a row number is expected after entry " +
                                    std::to_string(text.entries.size()));
    }
    return text;
}

/// Writes what read_triplets reads, one entry a line. Any range of objects with row, column and
/// value will do.
template <class Entries>
void write_triplets(std::ostream& output, std::size_t rows, std::size_t columns,
                    const Entries& entries) {
    output << rows << ' ' << columns << '\n';
    for (const auto& entry : entries) {
        output << entry.row << ' ' << entry.column << ' ' << entry.value << '\n';
    }
}

}  // namespace sparse
