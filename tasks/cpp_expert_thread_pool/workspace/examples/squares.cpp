// Squares some numbers on four threads.
#include <iostream>
#include <vector>

#include "work/thread_pool.hpp"

int main() {
    work::ThreadPool pool(4);
    std::vector<std::future<int>> squares;
    for (int i = 0; i < 10; ++i) {
        squares.push_back(pool.submit([i] { return i * i; }));
    }
    for (auto& square : squares) std::cout << square.get() << '\n';
}
