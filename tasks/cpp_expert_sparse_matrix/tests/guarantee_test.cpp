// What remains of a matrix after an operation that failed: all of it, as it was.
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <utility>

#include "support.hpp"

static long allocations_left = -1;  // negative: no limit

void* operator new(std::size_t size) {
    if (allocations_left == 0) throw std::bad_alloc();
    if (allocations_left > 0) --allocations_left;
    if (void* memory = std::malloc(size ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

/// A number some of whose operations fail when its fuel is used up.
struct Fussy {
    static inline long fuel = -1;

    int number = 0;

    Fussy() = default;
    Fussy(int n) : number(n) {}
    Fussy(const Fussy& other) : number(other.number) { burn(); }
    Fussy(Fussy&& other) noexcept : number(other.number) {}
    Fussy& operator=(const Fussy& other) {
        burn();
        number = other.number;
        return *this;
    }
    Fussy& operator=(Fussy&& other) noexcept {
        number = other.number;
        return *this;
    }
    ~Fussy() = default;

    Fussy& operator+=(const Fussy& other) {
        burn();
        number += other.number;
        return *this;
    }
    friend Fussy operator+(const Fussy& a, const Fussy& b) {
        burn();
        return a.number + b.number;
    }
    friend Fussy operator*(const Fussy& a, const Fussy& b) {
        burn();
        return a.number * b.number;
    }
    friend bool operator==(const Fussy& a, const Fussy& b) {
        burn();
        return a.number == b.number;
    }

    static void burn() {
        if (fuel == 0) throw std::runtime_error("out of fuel");
        if (fuel > 0) --fuel;
    }
};

static CsrMatrix<Fussy> fussy() {
    return make<Fussy>(3, 4, {{0, 0, 1}, {0, 3, 2}, {1, 1, 3}, {2, 0, 4}, {2, 2, 5}});
}

/// Does it again with one more allowed allocation each time, until it works; returns the failures.
template <class T, class Action>
int starve(const CsrMatrix<T>& original, Action action) {
    for (int allowed = 0;; ++allowed) {
        CsrMatrix<T> m(original);
        const Snapshot<T> before(m);
        bool failed = false;
        allocations_left = allowed;
        try {
            action(m);
        } catch (const std::bad_alloc&) {
            failed = true;
        }
        allocations_left = -1;
        if (!failed) return allowed;
        CHECK(before.matches(m));
    }
}

/// The same for the operations of the elements.
template <class Action>
int tire(Action action) {
    for (int allowed = 0;; ++allowed) {
        auto m = fussy();
        const Snapshot<Fussy> before(m);
        bool failed = false;
        Fussy::fuel = allowed;
        try {
            action(m);
        } catch (const std::runtime_error&) {
            failed = true;
        }
        Fussy::fuel = -1;
        if (!failed) return allowed;
        CHECK(before.matches(m));
    }
}

static CsrMatrix<double> plain() {
    return make<double>(3, 4, {{0, 0, 1}, {0, 3, 2}, {1, 1, 3}, {2, 0, 4}, {2, 2, 5}});
}

TEST("guarantee: set survives a lack of memory") {
    CHECK(starve(plain(), [](auto& m) { m.set(1, 2, 9.0); }) > 0);
}

TEST("guarantee: add survives a lack of memory") {
    const std::vector<Triplet<double>> more{{0, 0, 1}, {1, 0, 2}, {2, 3, 3}, {2, 0, -4}};
    CHECK(starve(plain(), [&](auto& m) { m.add(more); }) > 0);
}

TEST("guarantee: copy assignment survives a lack of memory") {
    const auto large = make<double>(
        9, 9,
        {{0, 0, 1}, {1, 1, 1}, {2, 2, 1}, {3, 3, 1}, {4, 4, 1}, {5, 5, 1}, {6, 6, 1}, {7, 7, 1}});
    CHECK(starve(plain(), [&](auto& m) { m = large; }) > 0);
}

TEST("guarantee: set survives a failing element") {
    CHECK(tire([](auto& m) { m.set(1, 2, Fussy(9)); }) > 0);
    CHECK(tire([](auto& m) { m.set(0, 3, Fussy(9)); }) > 0);
    CHECK(tire([](auto& m) { m.set(0, 3, Fussy(0)); }) > 0);
}

TEST("guarantee: add survives a failing element") {
    const std::vector<Triplet<Fussy>> more{{0, 0, 1}, {0, 3, -2}, {1, 0, 2}, {2, 3, 3}, {2, 3, 3}};
    CHECK(tire([&](auto& m) { m.add(more); }) > 0);
}

TEST("guarantee: scale survives a failing element") {
    CHECK(tire([](auto& m) { m.scale(Fussy(2)); }) > 4);
}

TEST("guarantee: copy assignment survives a failing element") {
    const auto other = make<Fussy>(4, 4, {{0, 0, 7}, {1, 1, 7}, {3, 3, 7}});
    CHECK(tire([&](auto& m) { m = other; }) > 0);
}

TEST("guarantee: operators leave their operands alone when they fail") {
    const auto other = fussy().transpose();
    CHECK(tire([&](auto& m) { static_cast<void>(m * other); }) > 0);
    CHECK(tire([&](auto& m) { static_cast<void>(m + m); }) > 0);
    CHECK(tire([&](auto& m) { static_cast<void>(m.transpose()); }) > 0);
    CHECK(tire([&](auto& m) { static_cast<void>(m.slice(0, 3, 0, 3)); }) > 0);
}

TEST("copies: copying, moving and assigning to oneself") {
    auto m = plain();
    const auto copy = m;
    m.set(0, 0, 50);
    CHECK(copy == plain() && m != copy);
    auto moved = std::move(m);
    CHECK(moved.at(0, 0) == 50 && moved.nonzeros() == 5);
    m = copy;
    CHECK(m == copy);
    const auto& self = m;
    m = self;
    CHECK(m == copy);
}
