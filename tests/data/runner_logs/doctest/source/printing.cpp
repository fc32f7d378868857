#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <cstdio>
#include <stdexcept>

TEST_CASE("printing") {
    SUBCASE("plain") {
        std::printf("1 < 2\n");
        CHECK(1 == 1);
    }
}
