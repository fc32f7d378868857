#include <gtest/gtest.h>

#include <cstdio>
#include <stdexcept>

TEST(ShelfTest, Counts) { EXPECT_EQ(3 - 1, 2); }
TEST(ShelfTest, CountsWrongly) { EXPECT_EQ(3 - 1, 1); }
TEST(ShelfTest, Errs) { throw std::runtime_error("no shelf at all"); }
TEST(ShelfTest, Later) { GTEST_SKIP() << "not built yet"; }
TEST(ShelfTest, DISABLED_NotNow) { EXPECT_EQ(1, 2); }
TEST(ShelfTest, PrintsWithoutALineEnd) { std::printf("half a line"); }
TEST(ShelfTest, ForgesALine) { std::printf("[       OK ] ShelfTest.Ghost (0 ms)\n"); }

class Places : public testing::TestWithParam<int> {};
TEST_P(Places, AreFew) { EXPECT_LT(GetParam(), 3); }
INSTANTIATE_TEST_SUITE_P(Row, Places, testing::Values(1, 2, 3));

template <typename T>
class Typed : public testing::Test {};
using Types = testing::Types<int, char>;
TYPED_TEST_SUITE(Typed, Types);
TYPED_TEST(Typed, IsWide) { EXPECT_GT(sizeof(TypeParam), 1u); }
