#include <functional>

#include "support.hpp"

TEST("submit: a pool has as many threads as asked for, at least one") {
    CHECK(ThreadPool(3).threads() == 3);
    CHECK_THROWS(std::invalid_argument, ThreadPool(0));
}

TEST("submit: values, void and references come back by the future") {
    ThreadPool pool(2);
    int number = 5;
    CHECK(pool.submit([] { return std::string("done"); }).get() == "done");
    CHECK(pool.submit(std::plus<int>(), 2, 3).get() == 5);
    pool.submit([&] { number = 6; }).get();
    CHECK(number == 6);
    std::future<int&> reference = pool.submit([&]() -> int& { return number; });
    CHECK(&reference.get() == &number);
}

TEST("submit: arguments are copied, and std::ref passes a reference") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::string text = "before";
    auto copied = pool.submit([](const std::string& t) { return t; }, text);
    auto referred = pool.submit([](const std::string& t) { return t; }, std::ref(text));
    text = "after";
    gate.open();
    CHECK(copied.get() == "before" && referred.get() == "after");
}

TEST("submit: callables, arguments and results may be move-only") {
    ThreadPool pool(1);
    auto owned = std::make_unique<int>(7);
    auto first = pool.submit([owned = std::move(owned)] { return *owned; });
    CHECK(first.get() == 7);
    auto second = pool.submit([](std::unique_ptr<int> p) { return std::make_unique<int>(*p + 1); },
                              std::make_unique<int>(8));
    CHECK(*second.get() == 9);
}

struct Account {
    int balance = 10;
    int add(int amount) { return balance += amount; }
};

TEST("submit: member functions are callables") {
    ThreadPool pool(1);
    Account account;
    CHECK(pool.submit(&Account::add, &account, 5).get() == 15 && account.balance == 15);
}

TEST("submit: what a job throws is in its future, and the thread lives on") {
    ThreadPool pool(1);
    auto wrong = pool.submit([]() -> int { throw std::out_of_range("too far"); });
    auto odd = pool.submit([] { throw 42; });
    CHECK_THROWS(std::out_of_range, wrong.get());
    CHECK_THROWS(int, odd.get());
    CHECK(pool.submit([] { return 1; }).get() == 1);
}

TEST("submit: jobs of one priority start in their order") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::vector<int> order;
    for (int i = 0; i < 100; ++i) pool.submit([&order, i] { order.push_back(i); });
    gate.open();
    pool.wait_idle();
    CHECK(order.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST("submit: high comes before normal and normal before low") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    std::string order;
    for (const char c : {'1', '2'}) {
        pool.submit(Priority::low, [&order, c] { order += {'l', c}; });
        pool.submit([&order, c] { order += {'n', c}; });
        pool.submit(Priority::high, [&order, c] { order += {'h', c}; });
        pool.submit(Priority::normal, [&order, c] { order += {'m', c}; });
    }
    gate.open();
    pool.wait_idle();
    CHECK(order == "h1h2n1m1n2m2l1l2");
}

TEST("submit: as many jobs run at once as there are threads") {
    ThreadPool pool(4);
    std::atomic<int> met = 0;
    Gate all_here;
    std::vector<std::future<void>> futures;
    for (int i = 0; i < 4; ++i) {
        futures.push_back(pool.submit([&] {
            if (++met == 4) all_here.open();
            all_here.wait();
        }));
    }
    for (auto& future : futures) future.get();
    CHECK(met == 4);
}

TEST("submit: from many threads at once nothing is lost or run twice") {
    ThreadPool pool(3);
    std::vector<std::atomic<int>> runs(4000);
    std::vector<std::thread> producers;
    for (std::size_t p = 0; p < 4; ++p) {
        producers.emplace_back([&, p] {
            for (std::size_t i = 0; i < 1000; ++i) pool.submit([&, p, i] { ++runs[p * 1000 + i]; });
        });
    }
    for (auto& producer : producers) producer.join();
    pool.wait_idle();
    for (const auto& count : runs) CHECK(count == 1);
}

struct Uncopyable {
    Uncopyable() = default;
    Uncopyable(const Uncopyable&) { throw std::domain_error("no copy"); }
    void operator()() const {}
};

TEST("submit: a copy that throws leaves the pool as it was") {
    ThreadPool pool(1);
    Gate gate;
    auto blocked = block(pool, gate);
    const Uncopyable callable;
    CHECK_THROWS(std::domain_error, pool.submit(callable));
    CHECK_THROWS(std::domain_error, pool.submit([](const Uncopyable&) {}, callable));
    CHECK(pool.pending() == 0);
    gate.open();
    pool.wait_idle();
    CHECK(pool.submit([] { return 2; }).get() == 2);
}

/// Asks the pool something whenever it is copied, moved or destroyed.
struct Nosy {
    ThreadPool* pool;

    explicit Nosy(ThreadPool& p) : pool(&p) {}
    Nosy(const Nosy& other) : pool(other.pool) { ask(); }
    Nosy(Nosy&& other) noexcept : pool(other.pool) { ask(); }
    ~Nosy() { ask(); }
    void ask() const { static_cast<void>(pool->pending()); }
    void operator()() const { ask(); }
};

TEST("locks: none is held while jobs are copied, run, destroyed or refused") {
    ThreadPool pool(1);
    const Nosy nosy(pool);
    pool.submit(nosy).get();
    pool.submit([](const Nosy& n) { n.ask(); }, nosy).get();
    pool.wait_idle();
    pool.shutdown();
    CHECK_THROWS(work::PoolStopped, pool.submit(nosy));
}
