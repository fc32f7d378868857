#include "parser.hpp"

#include <utility>

namespace csvfeed {

void Parser::feed(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const char c = piece[i];
        if (quoted_) {
            if (c != '"') {
                field_ += c;
            } else if (i + 1 < piece.size() && piece[i + 1] == '"') {
                field_ += '"';
                ++i;
            } else {
                quoted_ = false;
            }
        } else if (c == '"') {
            quoted_ = true;
        } else if (c == ',') {
            end_field();
        } else if (c == '\n') {
            end_row();
        } else {
            field_ += c;
        }
    }
}

void Parser::finish() {
    if (!field_.empty() || !row_.empty()) {
        end_row();
    }
}

void Parser::end_field() {
    row_.push_back(std::exchange(field_, {}));
}

void Parser::end_row() {
    end_field();
    rows_.push_back(std::exchange(row_, {}));
}

}  // namespace csvfeed
