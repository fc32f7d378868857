#include "support.hpp"

TEST("shutdown: every accepted job is run first") {
    ThreadPool pool(2);
    Gate gate;
    auto first = block(pool, gate);
    auto second = block(pool, gate);
    std::atomic<int> done = 0;
    std::vector<std::future<void>> futures;
    for (int i = 0; i < 200; ++i) futures.push_back(pool.submit([&] { ++done; }));
    std::thread opener([&] { gate.open(); });
    pool.shutdown();
    CHECK(done == 200);
    for (auto& future : futures) {
        CHECK(future.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
    }
    opener.join();
    CHECK(pool.pending() == 0 && pool.threads() == 2);
}

TEST("shutdown: work is refused from its beginning and afterwards") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::thread closer([&] { pool.shutdown(); });
    until_stopped(pool);
    CHECK_THROWS(work::PoolStopped, pool.submit([] {}));
    gate.open();
    closer.join();
    CHECK_THROWS(work::PoolStopped, pool.submit([] {}));
    CHECK_THROWS(work::PoolStopped, pool.submit(Priority::high, [] {}));
}

TEST("shutdown: what remaining jobs submit is run as well") {
    ThreadPool pool(1);
    Gate gate;
    std::atomic<int> done = 0;
    auto blocked = block(pool, gate);
    pool.submit([&] {
        pool.submit([&] {
            pool.submit([&] { ++done; });
            ++done;
        });
        ++done;
    });
    std::thread closer([&] { pool.shutdown(); });
    until_stopped(pool);
    gate.open();
    closer.join();
    CHECK(done == 3);
}

TEST("shutdown: a job of another pool is refused") {
    ThreadPool pool(1), other(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::thread closer([&] { pool.shutdown(); });
    until_stopped(pool);
    auto refused = other.submit([&] { pool.submit([] {}); });
    CHECK_THROWS(work::PoolStopped, refused.get());
    gate.open();
    closer.join();
}

TEST("shutdown: all threads stay until the work is done") {
    // The last job submits another one and waits for it without get, so that it takes two threads.
    ThreadPool pool(2);
    Gate gate, met;
    auto last = pool.submit([&] {
        gate.wait();
        pool.submit([&] { met.open(); });
        met.wait();
    });
    std::thread closer([&] { pool.shutdown(); });
    until_stopped(pool);
    // Time for the idle thread to leave, which it must not do; a right pool passes without it.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    gate.open();
    closer.join();
    CHECK(met.is_open());
}

struct Farewell {
    static inline std::atomic<int> count = 0;
    ~Farewell() { ++count; }
};

static void greet() {
    thread_local Farewell farewell;
    static_cast<void>(farewell);
}

TEST("shutdown: the threads have ended when it returns") {
    ThreadPool pool(3);
    std::atomic<int> met = 0;
    Gate all_here;
    for (int i = 0; i < 3; ++i) {
        pool.submit([&] {
            greet();
            if (++met == 3) all_here.open();
            all_here.wait();
        });
    }
    pool.shutdown();
    CHECK(Farewell::count == 3);
}

TEST("shutdown: jobs are destroyed by then, although their futures are kept") {
    auto token = std::make_shared<int>(1);
    ThreadPool pool(2);
    std::vector<std::future<void>> futures;
    for (int i = 0; i < 100; ++i) futures.push_back(pool.submit([token] {}));
    pool.shutdown();
    CHECK(token.use_count() == 1);
}

TEST("shutdown: several calls, also at once, return when the pool has ended") {
    ThreadPool pool(2);
    Gate gate;
    auto blocked = block(pool, gate);
    std::atomic<bool> done = false;
    pool.submit([&] { gate.wait(); });
    pool.submit([&] { done = true; });
    std::atomic<int> early = 0;
    std::vector<std::thread> closers;
    for (int i = 0; i < 4; ++i) {
        closers.emplace_back([&] {
            pool.shutdown();
            if (!done) ++early;
        });
    }
    until_stopped(pool);
    gate.open();
    for (auto& closer : closers) closer.join();
    CHECK(early == 0 && done);
    pool.shutdown();
    CHECK(pool.shutdown_now() == 0);
}

TEST("shutdown: a job may not end its own pool, but another one") {
    ThreadPool pool(1), other(1);
    CHECK_THROWS(std::logic_error, pool.submit([&] { pool.shutdown(); }).get());
    CHECK_THROWS(std::logic_error, pool.submit([&] { pool.shutdown_now(); }).get());
    pool.submit([&] { other.shutdown(); }).get();
    CHECK_THROWS(work::PoolStopped, other.submit([] {}));
    CHECK(pool.submit([] { return 1; }).get() == 1);
}

TEST("shutdown: the destructor runs what is waiting") {
    std::atomic<int> done = 0;
    Gate gate;
    std::thread opener;
    {
        ThreadPool pool(1);
        static_cast<void>(block(pool, gate));
        for (int i = 0; i < 50; ++i) {
            pool.submit([&] {
                pool.submit([&] { ++done; });
                ++done;
            });
        }
        opener = std::thread([&] { gate.open(); });
    }
    CHECK(done == 100);
    opener.join();
}
