// Built with the thread sanitizer. Results are plain values: GCC's library is not instrumented, and
// exceptions that travel between threads would be reported although nothing is wrong.
#define CHECK_SECONDS 60
#include "support.hpp"

static int tree(ThreadPool& pool, int depth) {
    if (depth == 0) return 1;
    auto left = pool.submit(depth % 2 ? Priority::high : Priority::low,
                            [&pool, depth] { return tree(pool, depth - 1); });
    const int right = tree(pool, depth - 1);
    return pool.get(std::move(left)) + right;
}

/// Producers submit until they are refused; returns how many jobs were accepted.
template <class Stop>
static long race(std::atomic<long>& ran, Stop stop) {
    std::atomic<long> accepted = 0;
    ThreadPool pool(3);
    std::vector<std::thread> producers;
    for (int p = 0; p < 3; ++p) {
        producers.emplace_back([&] {
            try {
                for (;;) {
                    pool.submit([&] { ++ran; });
                    ++accepted;
                    if (pool.pending() > 50) std::this_thread::yield();
                }
            } catch (const work::PoolStopped&) {
            }
        });
    }
    while (ran < 200) std::this_thread::yield();
    const long dropped = stop(pool);
    for (auto& producer : producers) producer.join();
    return accepted - dropped;
}

TEST("no data races (thread sanitizer)") {
    for (int round = 0; round < 3; ++round) {
        ThreadPool pool(3);
        std::vector<std::future<int>> trees;
        for (int i = 0; i < 4; ++i) trees.push_back(pool.submit([&] { return tree(pool, 5); }));
        long plain = 0;
        pool.submit([&] { plain += 1; });
        pool.wait_idle();
        plain += 1;
        CHECK(plain == 2);
        for (auto& one : trees) CHECK(one.get() == 32);
    }
}

TEST("no data races between submit and shutdown (thread sanitizer)") {
    for (int round = 0; round < 3; ++round) {
        std::atomic<long> ran = 0;
        const long accepted = race(ran, [](ThreadPool& pool) {
            std::thread second([&] { pool.shutdown(); });
            pool.shutdown();
            second.join();
            return 0L;
        });
        CHECK(ran == accepted);
        ran = 0;
        const long kept =
            race(ran, [](ThreadPool& pool) { return static_cast<long>(pool.shutdown_now()); });
        CHECK(ran == kept);
    }
}
