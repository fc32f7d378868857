#include <exception>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>

#include "numbers_kit.hpp"

namespace {

int number = 0;
int failed = 0;

void test(const std::string& name, const std::function<bool()>& holds) {
    bool passed = false;
    try {
        passed = holds();
    } catch (const std::exception& error) {
        std::cout << "# " << error.what() << '\n';
    }
    failed += !passed;
    std::cout << (passed ? "ok " : "not ok ") << ++number << " - " << name << std::endl;
}

bool refuses(int low, int high) {
    try {
        numbers_kit::clamp(5, low, high);
    } catch (const std::invalid_argument&) {
        return true;
    }
    return false;
}

}  // namespace

int main() {
    using numbers_kit::clamp;
    test("a number between the bounds stays", [] { return clamp(5, 1, 9) == 5; });
    test("bounds belong to the range", [] { return clamp(1, 1, 9) == 1 && clamp(9, 1, 9) == 9; });
    test("a smaller number becomes the lower bound", [] { return clamp(-3, 1, 9) == 1; });
    test("a larger number becomes the upper bound", [] { return clamp(12, 1, 9) == 9; });
    test("bounds in the wrong order are refused", [] { return refuses(9, 1); });
    test("double still works", [] { return numbers_kit::double_of(4) == 8; });
    return failed ? 1 : 0;
}
