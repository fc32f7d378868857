#include <ctime>

#include "support.hpp"

static int fibonacci(ThreadPool& pool, int n) {
    if (n < 2) return n;
    auto left = pool.submit([&pool, n] { return fibonacci(pool, n - 1); });
    return fibonacci(pool, n - 2) + pool.get(std::move(left));
}

static int chain(ThreadPool& pool, int depth) {
    if (depth == 0) return 0;
    return 1 + pool.get(pool.submit([&pool, depth] { return chain(pool, depth - 1); }));
}

TEST("get: outside the pool it waits for the result") {
    ThreadPool pool(1);
    CHECK(pool.get(pool.submit([] { return 3; })) == 3);
    int number = 0;
    pool.get(pool.submit([&] { number = 4; }));
    CHECK(number == 4);
    int& reference = pool.get(pool.submit([&]() -> int& { return number; }));
    CHECK(&reference == &number);
    CHECK(*pool.get(pool.submit([] { return std::make_unique<int>(5); })) == 5);
}

TEST("get: outside the pool it runs no jobs") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    const auto here = std::this_thread::get_id();
    std::atomic<bool> ran_here = false;
    auto first = pool.submit([&] { ran_here = ran_here || std::this_thread::get_id() == here; });
    auto second = pool.submit([&] { ran_here = ran_here || std::this_thread::get_id() == here; });
    std::thread opener([&] { gate.open(); });
    pool.get(std::move(second));
    opener.join();
    CHECK(!ran_here);
}

TEST("get: a job of another pool only waits") {
    ThreadPool pool(1), other(1);
    Gate gate;
    auto blocked = block(pool, gate);
    auto job = pool.submit([] { return std::this_thread::get_id(); });
    auto asker =
        other.submit([&] { return pool.get(std::move(job)) == std::this_thread::get_id(); });
    gate.open();
    CHECK(!asker.get());
}

TEST("get: jobs wait for their own jobs on a single thread") {
    ThreadPool pool(1);
    auto sum = pool.submit([&] {
        std::vector<std::future<int>> parts;
        for (int i = 1; i <= 10; ++i) parts.push_back(pool.submit([i] { return i; }));
        int total = 0;
        for (auto& part : parts) total += pool.get(std::move(part));
        return total;
    });
    CHECK(sum.get() == 55);
}

TEST("get: to any depth, however few threads") {
    ThreadPool one(1), three(3);
    CHECK(one.submit([&] { return chain(one, 200); }).get() == 200);
    CHECK(one.submit([&] { return fibonacci(one, 11); }).get() == 89);
    CHECK(three.submit([&] { return fibonacci(three, 13); }).get() == 233);
}

TEST("get: jobs that are run meanwhile keep their order") {
    ThreadPool pool(1);
    std::string order;
    pool.submit([&] {
            static_cast<void>(pool.submit(Priority::low, [&] { order += 'l'; }));
            auto last = pool.submit([&] { order += 'n'; });
            static_cast<void>(pool.submit(Priority::high, [&] { order += 'h'; }));
            pool.get(std::move(last));
            order += '.';
        })
        .get();
    pool.wait_idle();
    CHECK(order == "hn.l");
}

TEST("get: it throws what the job threw") {
    ThreadPool pool(1);
    auto outer = pool.submit([&] {
        try {
            pool.get(pool.submit([]() -> int { throw std::range_error("inner"); }));
        } catch (const std::range_error& error) {
            return std::string(error.what());
        }
        return std::string();
    });
    CHECK(outer.get() == "inner");
    CHECK_THROWS(std::range_error, pool.get(pool.submit([] { throw std::range_error("x"); })));
}

TEST("get: a future without a state is an error") {
    ThreadPool pool(1);
    const auto code = [&] {
        try {
            pool.get(std::future<int>());
        } catch (const std::future_error& error) {
            return error.code() == std::future_errc::no_state;
        }
        return false;
    };
    CHECK(code());
    CHECK(pool.submit(code).get());
}

TEST("get: a waiting job takes up work that comes later") {
    // Both threads are taken: one waits in get for the other, which waits for a job to come.
    ThreadPool pool(2);
    Gate gate;
    auto blocked = block(pool, gate);
    Gate begun;
    auto waiter = pool.submit([&] {
        begun.open();
        pool.get(std::move(blocked));
        return true;
    });
    begun.wait();
    pool.submit([&] { gate.open(); });
    CHECK(waiter.get());
}

TEST("get: waiting does not burn the processor") {
    ThreadPool pool(2);
    Gate gate, begun;
    auto blocked = block(pool, gate);
    auto waiter = pool.submit([&] {
        begun.open();
        pool.get(std::move(blocked));
    });
    begun.wait();
    const auto used = [] {
        timespec time{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    const double before = used();
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    const double spent = used() - before;
    gate.open();
    waiter.get();
    CHECK(spent < 0.3);
}
