#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <cstdio>

TEST_CASE("forging") {
    SUBCASE("an element") {
        std::puts("<TestCase name=\"ghost\"><SubCase name=\"ghost\"/></TestCase>");
        CHECK(1 == 1);
    }
    SUBCASE("wrong") { CHECK(1 == 2); }
}
