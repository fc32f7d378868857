#include "support.hpp"

TEST("idle: a new pool is idle") {
    ThreadPool pool(2);
    pool.wait_idle();
    CHECK(pool.pending() == 0);
}

TEST("idle: wait_idle waits for jobs and for what they submit") {
    ThreadPool pool(2);
    std::atomic<int> done = 0;
    for (int i = 0; i < 20; ++i) {
        pool.submit([&] {
            pool.submit([&] {
                pool.submit([&] { ++done; });
                ++done;
            });
            ++done;
        });
    }
    pool.wait_idle();
    CHECK(done == 60);
}

TEST("idle: pending counts the jobs that wait, not those that run") {
    ThreadPool pool(2);
    Gate gate;
    auto first = block(pool, gate);
    auto second = block(pool, gate);
    CHECK(pool.pending() == 0);
    pool.submit(Priority::low, [] {});
    pool.submit(Priority::high, [] {});
    auto last = pool.submit([] {});
    CHECK(pool.pending() == 3);
    gate.open();
    pool.wait_idle();
    CHECK(pool.pending() == 0);
}

TEST("idle: jobs are destroyed by then, although their futures are kept") {
    ThreadPool pool(2);
    auto token = std::make_shared<int>(1);
    std::vector<std::future<int>> futures;
    for (int round = 0; round < 200; ++round) {
        futures.push_back(pool.submit([token] { return *token; }));
        futures.push_back(pool.submit([](const std::shared_ptr<int>& t) { return *t; }, token));
        pool.wait_idle();
        CHECK(token.use_count() == 1);
    }
    for (auto& future : futures) CHECK(future.get() == 1);
}

TEST("idle: a job may not wait for its own pool to be idle") {
    ThreadPool pool(1), other(1);
    auto own = pool.submit([&] { pool.wait_idle(); });
    CHECK_THROWS(std::logic_error, own.get());
    pool.submit([&] { other.wait_idle(); }).get();
    pool.wait_idle();
    CHECK(pool.submit([] { return 1; }).get() == 1);
}

TEST("idle: a pool that is shut down is idle") {
    ThreadPool pool(2);
    pool.shutdown();
    pool.wait_idle();
    ThreadPool stopped(1);
    stopped.shutdown_now();
    stopped.wait_idle();
}
