#pragma once

#include <condition_variable>
#include <mutex>

namespace work {

/// A door that threads wait at until somebody opens it. Once open it stays open.
class Gate {
  public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return open_; });
    }

    bool is_open() const {
        const std::lock_guard lock(mutex_);
        return open_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

}  // namespace work
