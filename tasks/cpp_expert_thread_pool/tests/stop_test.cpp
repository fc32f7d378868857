#include <utility>

#include "support.hpp"

/// Ends the pool from another thread; the gate opens once nothing is waiting in it any more.
static std::size_t stop_while_blocked(ThreadPool& pool, Gate& gate) {
    auto dropped = std::async(std::launch::async, [&] { return pool.shutdown_now(); });
    while (pool.pending() > 0) std::this_thread::yield();
    gate.open();
    return dropped.get();
}

TEST("stop: waiting jobs are dropped and counted") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::atomic<int> ran = 0;
    pool.submit([&] { ++ran; });
    pool.submit(Priority::low, [&] { ++ran; });
    pool.submit(Priority::high, [&] { ++ran; });
    CHECK(stop_while_blocked(pool, gate) == 3);
    CHECK(ran == 0 && pool.pending() == 0);
    CHECK(pool.shutdown_now() == 0);
    pool.shutdown();
}

TEST("stop: futures of dropped jobs have a broken promise") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    auto number = pool.submit([] { return 1; });
    auto nothing = pool.submit([] {});
    stop_while_blocked(pool, gate);
    CHECK(is_broken(number) && is_broken(nothing));
}

TEST("stop: running jobs end in peace") {
    ThreadPool pool(2);
    Gate gate;
    auto first = block(pool, gate);
    auto second = pool.submit([&] {
        gate.wait();
        return 8;
    });
    while (pool.pending() > 0) std::this_thread::yield();
    pool.submit([] {});
    stop_while_blocked(pool, gate);
    CHECK(first.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
    first.get();
    CHECK(second.get() == 8);
}

TEST("stop: dropped jobs are destroyed although their futures are kept") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    auto token = std::make_shared<int>(1);
    auto future = pool.submit([token] { return *token; });
    stop_while_blocked(pool, gate);
    CHECK(token.use_count() == 1);
    CHECK(is_broken(future));
}

TEST("stop: a job that waits for a dropped one gets the error too") {
    ThreadPool pool(3);
    Gate gate;
    auto first = block(pool, gate);
    auto second = block(pool, gate);
    Gate submitted, stopped;
    auto waiter = pool.submit([&] {
        auto child = pool.submit([] { return 1; });
        submitted.open();
        stopped.wait();
        try {
            pool.get(std::move(child));
        } catch (const std::future_error& error) {
            return error.code() == std::future_errc::broken_promise;
        }
        return false;
    });
    submitted.wait();
    auto dropped = std::async(std::launch::async, [&] { return pool.shutdown_now(); });
    while (pool.pending() > 0) std::this_thread::yield();
    stopped.open();
    CHECK(waiter.get());
    gate.open();
    CHECK(dropped.get() == 1);
}

TEST("stop: a job gets that error also when it sleeps while jobs are dropped") {
    // The first of the dropped jobs takes its time to be destroyed. Until it has gone, the waiter
    // finds neither a result nor anything to run.
    ThreadPool pool(2);
    Gate gate, submitted, dropping;
    auto blocked = block(pool, gate);
    auto waiter = pool.submit([&] {
        std::shared_ptr<void> slow(nullptr, [&](void*) {
            dropping.open();
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        });
        pool.submit([slow = std::move(slow)] {});
        auto child = pool.submit([] { return 1; });
        submitted.open();
        dropping.wait();
        try {
            pool.get(std::move(child));
        } catch (const std::future_error& error) {
            return error.code() == std::future_errc::broken_promise;
        }
        return false;
    });
    submitted.wait();
    auto dropped = std::async(std::launch::async, [&] { return pool.shutdown_now(); });
    CHECK(waiter.get());
    gate.open();
    CHECK(dropped.get() == 2);
}

TEST("stop: nobody can submit, not even jobs of the pool") {
    ThreadPool pool(1);
    Gate begun, gate;
    auto job = pool.submit([&] {
        begun.open();
        gate.wait();
        pool.submit([] {});
    });
    begun.wait();
    std::thread stopper([&] { pool.shutdown_now(); });
    until_stopped(pool);
    gate.open();
    stopper.join();
    CHECK_THROWS(work::PoolStopped, job.get());
}

TEST("stop: it cuts a shutdown short") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::atomic<int> ran = 0;
    for (int i = 0; i < 5; ++i) pool.submit([&] { ++ran; });
    std::atomic<bool> running = true;
    std::atomic<int> early = 0;
    std::thread closer([&] {
        pool.shutdown();
        if (running) ++early;
    });
    until_stopped(pool);
    auto dropped = std::async(std::launch::async, [&] {
        const auto count = pool.shutdown_now();
        if (running) ++early;
        return count;
    });
    while (pool.pending() > 0) std::this_thread::yield();
    running = false;
    gate.open();
    closer.join();
    CHECK(dropped.get() >= 5);
    CHECK(ran == 0 && early == 0);
}

/// On its destruction, tries to submit.
struct Clinging {
    ThreadPool* pool;
    std::atomic<int>* refused;

    Clinging(ThreadPool* p, std::atomic<int>* r) : pool(p), refused(r) {}
    Clinging(Clinging&& other) noexcept
        : pool(std::exchange(other.pool, nullptr)), refused(other.refused) {}
    void operator()() const {}
    ~Clinging() {
        if (!pool) return;
        try {
            static_cast<void>(pool->pending());
            pool->submit([] {});
        } catch (const work::PoolStopped&) {
            ++*refused;
        }
    }
};

TEST("stop: no lock is held while dropped jobs are destroyed") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::atomic<int> refused = 0;
    for (int i = 0; i < 4; ++i) pool.submit(Clinging(&pool, &refused));
    CHECK(stop_while_blocked(pool, gate) == 4);
    CHECK(refused == 4);
}
