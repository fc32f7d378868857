#include "parser.hpp"

#include <cstdio>
#include <functional>
#include <initializer_list>
#include <utility>

using csvfeed::Parser;
using csvfeed::Row;
using Rows = std::vector<Row>;

static Rows parse(std::initializer_list<std::string_view> pieces) {
    Parser parser;
    for (auto piece : pieces) {
        parser.feed(piece);
    }
    parser.finish();
    return parser.rows();
}

static const std::pair<const char*, std::function<bool()>> TESTS[] = {
    {"plain fields", [] { return parse({"a,b\nc,d\n"}) == Rows{{"a", "b"}, {"c", "d"}}; }},
    {"last line without a line end", [] { return parse({"a\nb"}) == Rows{{"a"}, {"b"}}; }},
    {"empty fields", [] { return parse({",\n,x,\n"}) == Rows{{"", ""}, {"", "x", ""}}; }},
    {"no input gives no rows", [] { return parse({}).empty() && parse({""}).empty(); }},
    {"quoted comma and line end", [] { return parse({"\"a,b\",\"c\nd\"\n"}) == Rows{{"a,b", "c\nd"}}; }},
    {"doubled quote", [] { return parse({"\"say \"\"hi\"\"\"\n"}) == Rows{{"say \"hi\""}}; }},
    {"pieces may end anywhere in plain text", [] { return parse({"a", "b,", "c\n", "d"}) == Rows{{"ab", "c"}, {"d"}}; }},
    {"carriage return and line feed", [] { return parse({"a\r\nb\r\n"}) == Rows{{"a"}, {"b"}}; }},
    {"carriage return inside a line is kept", [] { return parse({"a\rb\n"}) == Rows{{"a\rb"}}; }},
    {"unclosed quote", [] {
         try {
             parse({"a,\"b\n"});
         } catch (const csvfeed::UnclosedQuote&) {
             return true;
         }
         return false;
     }},
};

int main() {
    int number = 0;
    bool all = true;
    std::printf("1..%d\n", static_cast<int>(std::size(TESTS)));
    for (const auto& [name, test] : TESTS) {
        bool passed = false;
        try {
            passed = test();
        } catch (const std::exception& error) {
            std::printf("# %s\n", error.what());
        }
        std::printf("%sok %d - %s\n", passed ? "" : "not ", ++number, name);
        all = all && passed;
    }
    return all ? 0 : 1;
}
