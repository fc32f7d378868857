#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

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
///
/// A job is waiting until a thread takes it and then running until it has returned or thrown and
/// has been destroyed. Foreign code (jobs, and what copies and destroys them) runs without a lock.
class ThreadPool {
  public:
    /// std::invalid_argument for no threads at all.
    explicit ThreadPool(std::size_t threads);

    /// As shutdown().
    ~ThreadPool();

    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Takes a job; PoolStopped when the pool is being shut down, unless a job of the pool submits
    /// it and the pool is to finish its work.
    template <class F, class... Args>
    std::future<JobResult<F, Args...>> submit(Priority priority, F&& callable, Args&&... args) {
        using Result = JobResult<F, Args...>;
        std::promise<Result> promise;
        auto future = promise.get_future();
        // Not a packaged_task: its callable would live for as long as somebody keeps the future.
        enqueue(
            priority,
            Job([promise = std::move(promise),
                 callable = std::decay_t<F>(std::forward<F>(callable)),
                 args = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable {
                fulfil(promise, [&]() -> Result {
                    return std::apply(std::move(callable), std::move(args));
                });
            }));
        return future;
    }

    /// Takes a job of normal priority.
    template <class F, class... Args>
        requires(!std::is_same_v<std::remove_cvref_t<F>, Priority>)
    std::future<JobResult<F, Args...>> submit(F&& callable, Args&&... args) {
        return submit(Priority::normal, std::forward<F>(callable), std::forward<Args>(args)...);
    }

    /// Waits for a future of this pool. A job of the pool runs waiting jobs in the meantime.
    template <class T>
    T get(std::future<T> future) {
        if (!future.valid()) throw std::future_error(std::future_errc::no_state);
        if (called_by_worker()) {
            help_until([&future] {
                return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
            });
        }
        return future.get();
    }

    /// Returns once no job is waiting or running; std::logic_error when a job of the pool calls it.
    void wait_idle();

    /// Runs all accepted jobs and what they submit, then ends the threads; std::logic_error when a
    /// job of the pool calls it.
    void shutdown();

    /// Drops the waiting jobs, ends the threads, and returns how many were dropped;
    /// std::logic_error when a job of the pool calls it.
    std::size_t shutdown_now();

    std::size_t threads() const { return thread_count_; }

    /// The number of waiting jobs.
    std::size_t pending() const;

  private:
    // A box for any callable, also one that can only be moved; nobody asks for its future.
    using Job = std::packaged_task<void()>;

    enum class State { open, draining, stopped };

    template <class Result, class Call>
    static void fulfil(std::promise<Result>& promise, Call call) {
        try {
            if constexpr (std::is_void_v<Result>) {
                call();
                promise.set_value();
            } else {
                promise.set_value(call());
            }
        } catch (...) {
            promise.set_exception(std::current_exception());
        }
    }

    void enqueue(Priority priority, Job job);
    void help_until(const std::function<bool()>& done);
    void work();
    bool called_by_worker() const;
    void refuse_worker(const char* what) const;
    void join();

    bool waiting() const;
    bool idle() const { return running_ == 0 && !waiting(); }
    void run_next(std::unique_lock<std::mutex>& lock);

    const std::size_t thread_count_;
    mutable std::mutex mutex_;
    // Signalled at every change that somebody may wait for: a job came, a job ended, the state.
    std::condition_variable changed_;
    std::array<std::deque<Job>, priority_count> queues_;
    std::size_t running_ = 0;
    State state_ = State::open;

    std::mutex join_mutex_;
    std::vector<std::thread> workers_;
};

}  // namespace work
