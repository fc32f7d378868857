#include <stdexcept>
#include <thread>

#include "check.hpp"
#include "work/gate.hpp"
#include "work/priority.hpp"

TEST("parts: priorities have names") {
    CHECK(work::name(work::Priority::high) == "high" && work::name(work::Priority::low) == "low");
    CHECK(work::parse_priority("normal") == work::Priority::normal);
    CHECK_THROWS(std::invalid_argument, work::parse_priority("urgent"));
}

TEST("parts: a gate lets threads through once it is open") {
    work::Gate gate;
    CHECK(!gate.is_open());
    std::thread thread([&] { gate.open(); });
    gate.wait();
    thread.join();
    CHECK(gate.is_open());
}
