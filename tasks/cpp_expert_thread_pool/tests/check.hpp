// A test program is a list of TEST cases. Each case runs in a process of its own, so that one that
// crashes or hangs takes no other with it.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

namespace check {

struct Case {
    const char* name;
    void (*body)();
};

inline std::vector<Case>& cases() {
    static std::vector<Case> all;
    return all;
}

inline bool add(const char* name, void (*body)()) {
    cases().push_back({name, body});
    return true;
}

[[noreturn]] inline void fail(const char* what, const char* file, int line) {
    std::printf("%s:%d: %s\n", file, line, what);
    std::fflush(stdout);
    _exit(1);
}

inline void run(const Case& one, unsigned seconds) {
    alarm(seconds);
    try {
        one.body();
    } catch (const std::exception& error) {
        fail(error.what(), "uncaught exception", 0);
    } catch (...) {
        fail("not a std::exception", "uncaught exception", 0);
    }
    std::fflush(stdout);
    _exit(0);
}

inline int run_all(unsigned seconds) {
    for (const auto& one : cases()) {
        std::fflush(stdout);
        const pid_t child = fork();
        if (child == 0) run(one, seconds);
        int status = 0;
        const bool ended = child > 0 && waitpid(child, &status, 0) == child;
        const bool passed = ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (ended && WIFSIGNALED(status)) std::printf("signal %d\n", WTERMSIG(status));
        std::printf("%s %s\n", passed ? "pass" : "fail", one.name);
    }
    return 0;
}

}  // namespace check

#define CHECK_JOIN2(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN2(a, b)
#define TEST(name)                                                    \
    static void CHECK_JOIN(body_, __LINE__)();                        \
    [[maybe_unused]] static const bool CHECK_JOIN(added_, __LINE__) = \
        check::add(name, CHECK_JOIN(body_, __LINE__));                \
    static void CHECK_JOIN(body_, __LINE__)()
#define CHECK(...)                                                                    \
    do {                                                                              \
        if (!(__VA_ARGS__)) check::fail("not so: " #__VA_ARGS__, __FILE__, __LINE__); \
    } while (false)
#define CHECK_THROWS(type, ...)                                                       \
    do {                                                                              \
        bool thrown_ = false;                                                         \
        try {                                                                         \
            static_cast<void>(__VA_ARGS__);                                           \
        } catch (const type&) {                                                       \
            thrown_ = true;                                                           \
        }                                                                             \
        if (!thrown_) check::fail("no " #type ": " #__VA_ARGS__, __FILE__, __LINE__); \
    } while (false)

#ifndef CHECK_SECONDS
#define CHECK_SECONDS 10
#endif

int main() { return check::run_all(CHECK_SECONDS); }
