#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "work/priority.hpp"

namespace work {

/// Thrown when work is given to a pool that takes no more.
class PoolStopped : public std::runtime_error {
  public:
    PoolStopped() : std::runtime_error("the thread pool has been stopped") {}
};

/// What a callable gives when a thread calls its own copy of it with its own copies of the
/// arguments.
template <class F, class... Args>
using JobResult = std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>;

/// A fixed number of threads that run submitted jobs.
class ThreadPool {
  public:
    explicit ThreadPool(std::size_t threads);
    ~ThreadPool();

    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    template <class F, class... Args>
    std::future<JobResult<F, Args...>> submit(Priority, F&&, Args&&...) {
        throw std::logic_error("ThreadPool::submit is not implemented");
    }

    template <class F, class... Args>
        requires(!std::is_same_v<std::remove_cvref_t<F>, Priority>)
    std::future<JobResult<F, Args...>> submit(F&& callable, Args&&... args) {
        return submit(Priority::normal, std::forward<F>(callable), std::forward<Args>(args)...);
    }

    template <class T>
    T get(std::future<T>) {
        throw std::logic_error("ThreadPool::get is not implemented");
    }

    void wait_idle();
    void shutdown();
    std::size_t shutdown_now();

    std::size_t threads() const;
    std::size_t pending() const;
};

}  // namespace work
