#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace csvfeed {

using Row = std::vector<std::string>;

/// Raised by finish() where the input ends inside quotes.
class UnclosedQuote : public std::runtime_error {
public:
    UnclosedQuote() : std::runtime_error("the input ends inside quotes") {}
};

/// Takes CSV in pieces of any size. Lines end with LF or CR LF; a quote inside quotes is doubled.
class Parser {
public:
    void feed(std::string_view piece);
    /// Says that the input is complete; a last line without a line end counts as well.
    void finish();
    const std::vector<Row>& rows() const { return rows_; }

private:
    void end_field();
    void end_row();

    std::vector<Row> rows_;
    Row row_;
    std::string field_;
    bool quoted_ = false;
};

}  // namespace csvfeed
