// Reads a triplet file from standard input and writes it out again, tidied.
#include <exception>
#include <iostream>

#include "sparse/triplet_text.hpp"

int main() {
    try {
        const auto text = sparse::read_triplets<double>(std::cin);
        sparse::write_triplets(std::cout, text.rows, text.columns, text.entries);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
