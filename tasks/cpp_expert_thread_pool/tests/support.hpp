#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "work/gate.hpp"
#include "work/thread_pool.hpp"

using work::Gate;
using work::Priority;
using work::ThreadPool;

/// Keeps one thread of a pool busy until the gate opens; returns when that thread has begun.
inline std::future<void> block(ThreadPool& pool, Gate& gate) {
    auto begun = std::make_shared<Gate>();
    auto future = pool.submit(Priority::high, [begun, &gate] {
        begun->open();
        gate.wait();
    });
    begun->wait();
    return future;
}

/// Waits until the pool takes no more work from here.
inline void until_stopped(ThreadPool& pool) {
    try {
        for (;;) {
            static_cast<void>(pool.submit(Priority::low, [] {}));
            std::this_thread::yield();
        }
    } catch (const work::PoolStopped&) {
    }
}

template <class T>
bool is_broken(std::future<T>& future) {
    try {
        future.get();
    } catch (const std::future_error& error) {
        return error.code() == std::future_errc::broken_promise;
    }
    return false;
}
