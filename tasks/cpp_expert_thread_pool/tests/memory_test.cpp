// Built with the address and undefined behaviour sanitizers.
#define CHECK_SECONDS 60
#include "support.hpp"

TEST("no memory errors (address sanitizer)") {
    for (int round = 0; round < 20; ++round) {
        std::vector<std::future<std::string>> futures;
        {
            ThreadPool pool(3);
            for (int i = 0; i < 50; ++i) {
                futures.push_back(pool.submit(
                    [&pool](std::string text) {
                        auto inner = pool.submit([text] { return text + "!"; });
                        if (text.size() % 7 == 0) throw std::runtime_error(text);
                        return pool.get(std::move(inner));
                    },
                    std::string(static_cast<std::size_t>(i), 'x')));
            }
            if (round % 2) {
                pool.wait_idle();
            } else if (round % 4) {
                pool.shutdown_now();
            }
        }
        std::size_t good = 0, bad = 0;
        for (auto& future : futures) {
            try {
                CHECK(future.get().back() == '!');
                ++good;
            } catch (const std::exception&) {
                ++bad;
            }
        }
        CHECK(good + bad == 50);
        if (round % 4 != 2) CHECK(bad == 8);
    }
}
