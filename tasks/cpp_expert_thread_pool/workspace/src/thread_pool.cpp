#include "work/thread_pool.hpp"

namespace work {

ThreadPool::ThreadPool(std::size_t) { throw std::logic_error("ThreadPool is not implemented"); }

ThreadPool::~ThreadPool() = default;

void ThreadPool::wait_idle() { throw std::logic_error("ThreadPool::wait_idle is not implemented"); }

void ThreadPool::shutdown() { throw std::logic_error("ThreadPool::shutdown is not implemented"); }

std::size_t ThreadPool::shutdown_now() {
    throw std::logic_error("ThreadPool::shutdown_now is not implemented");
}

std::size_t ThreadPool::threads() const {
    throw std::logic_error("ThreadPool::threads is not implemented");
}

std::size_t ThreadPool::pending() const {
    throw std::logic_error("ThreadPool::pending is not implemented");
}

}  // namespace work
