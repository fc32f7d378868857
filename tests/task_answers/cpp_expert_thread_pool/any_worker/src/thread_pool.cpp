#include "work/thread_pool.hpp"

#include <algorithm>
#include <string>

namespace work {

namespace {

// The pool whose thread this is. A job of one pool is a stranger to every other.
thread_local const ThreadPool* current_pool = nullptr;

std::size_t at_least_one(std::size_t threads) {
    if (threads == 0) throw std::invalid_argument("ThreadPool: there must be at least one thread");
    return threads;
}

}  // namespace

ThreadPool::ThreadPool(std::size_t threads) : thread_count_(at_least_one(threads)) {
    workers_.reserve(threads);
    try {
        for (std::size_t i = 0; i < threads; ++i) workers_.emplace_back([this] { work(); });
    } catch (...) {
        shutdown();
        throw;
    }
}

ThreadPool::~ThreadPool() { shutdown(); }

void ThreadPool::wait_idle() {
    refuse_worker("wait_idle");
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return idle(); });
}

void ThreadPool::shutdown() {
    refuse_worker("shutdown");
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::open) state_ = State::draining;
    }
    changed_.notify_all();
    join();
}

std::size_t ThreadPool::shutdown_now() {
    refuse_worker("shutdown_now");
    std::size_t count = 0;
    {
        std::array<std::deque<Job>, priority_count> dropped;
        {
            const std::lock_guard lock(mutex_);
            state_ = State::stopped;
            dropped.swap(queues_);
        }
        for (const auto& queue : dropped) count += queue.size();
        // Destroyed here, without the lock: destructors of jobs are foreign code.
    }
    {
        // Those who wait for a dropped job have seen the future unready under this lock, or will
        // see it ready.
        const std::lock_guard lock(mutex_);
    }
    changed_.notify_all();
    join();
    return count;
}

std::size_t ThreadPool::pending() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& queue : queues_) count += queue.size();
    return count;
}

void ThreadPool::enqueue(Priority priority, Job job) {
    {
        const std::lock_guard lock(mutex_);
        const bool accepted =
            state_ == State::open || (state_ == State::draining && called_by_worker());
        if (!accepted) throw PoolStopped();
        queues_[static_cast<std::size_t>(priority)].push_back(std::move(job));
    }
    changed_.notify_all();
}

void ThreadPool::help_until(const std::function<bool()>& done) {
    std::unique_lock lock(mutex_);
    while (!done()) {
        if (waiting()) {
            run_next(lock);
        } else {
            changed_.wait(lock);
        }
    }
}

void ThreadPool::work() {
    current_pool = this;
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return waiting() || (state_ != State::open && idle()); });
        if (!waiting()) return;
        run_next(lock);
    }
}

bool ThreadPool::called_by_worker() const { return current_pool != nullptr; }

void ThreadPool::refuse_worker(const char* what) const {
    if (!called_by_worker()) return;
    throw std::logic_error(std::string("ThreadPool::") + what +
                           " would wait for the job of the pool that calls it");
}

void ThreadPool::join() {
    const std::lock_guard lock(join_mutex_);
    for (auto& worker : workers_) {
        if (worker.joinable()) worker.join();
    }
}

bool ThreadPool::waiting() const {
    return std::ranges::any_of(queues_, [](const auto& queue) { return !queue.empty(); });
}

/// Runs the first of the waiting jobs, without the lock; there must be one.
void ThreadPool::run_next(std::unique_lock<std::mutex>& lock) {
    const auto queue =
        std::ranges::find_if(queues_, [](const auto& jobs) { return !jobs.empty(); });
    {
        Job job = std::move(queue->front());
        queue->pop_front();
        ++running_;
        lock.unlock();
        job();
    }
    lock.lock();
    --running_;
    changed_.notify_all();
}

}  // namespace work
