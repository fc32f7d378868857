#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <stdexcept>

TEST_CASE("shelf") {
    int places = 3;
    SUBCASE("counts") { CHECK(places - 1 == 2); }
    SUBCASE("counts wrongly") { CHECK(places - 1 == 1); }
    SUBCASE("has <odd> & \"quoted\" names") { CHECK(places == 3); }
    SUBCASE("checks nothing") {}
    SUBCASE("outer") {
        SUBCASE("inner fine") { CHECK(places == 3); }
        SUBCASE("inner bad") { CHECK(places == 4); }
    }
}

TEST_CASE("throwing") {
    SUBCASE("errs") { throw std::runtime_error("no shelf at all"); }
    SUBCASE("is never reached") { CHECK(1 == 2); }
}

TEST_CASE("without subcases") { CHECK(1 == 1); }

TEST_CASE("without subcases, wrong") { CHECK(1 == 2); }

TEST_CASE("later" * doctest::skip()) {
    SUBCASE("not now") { CHECK(1 == 2); }
}

TEST_CASE("fails as known" * doctest::should_fail()) {
    SUBCASE("still") { CHECK(1 == 2); }
}

TEST_CASE("the same twice") {
    SUBCASE("one name") { CHECK(1 == 2); }
}

TEST_CASE("the same twice") {
    SUBCASE("one name") { CHECK(1 == 1); }
}
