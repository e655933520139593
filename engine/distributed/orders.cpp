#include "engine/distributed/orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/distributed/collectives.hpp"
#include "engine/errors.hpp"

namespace infodiet::engine {

namespace {

constexpr std::string_view leave = "leave";
constexpr std::string_view threads_order = "threads";

using Name = std::array<char, 32>;

void send_order(Communicator& processes, std::string_view text) {
  Name name{};
  std::copy(text.begin(), text.end(), name.begin());
  broadcast_value(processes, Traffic::orders, name);
}

std::string next_order(Communicator& processes) {
  Name name{};
  broadcast_value(processes, Traffic::orders, name);
  return {name.begin(), std::find(name.begin(), name.end(), '\0')};
}

}  // namespace

void give_order(Communicator& processes, std::string_view name) {
  if (!processes.is_alone()) send_order(processes, name);
}

void give_threads(Communicator& processes, std::size_t threads) {
  give_order(processes, threads_order);
  broadcast_value(processes, Traffic::orders, threads);
}

void give_leave(Communicator& processes) {
  give_order(processes, leave);
}

void Orders::add(std::string_view name, Work work) {
  if (name.size() >= Name().size() || !known_.emplace(name, std::move(work)).second) {
    throw Error(fmt::format("the order '{}' is known already, or longer than {} letters", name, Name().size() - 1));
  }
}

void Orders::serve(Communicator& processes) const {
  auto pool = std::make_unique<ThreadPool>(1);
  for (std::string name = next_order(processes); name != leave; name = next_order(processes)) {
    together(processes, [&] {
      if (name == threads_order) {
        std::size_t threads = 0;
        broadcast_value(processes, Traffic::orders, threads);
        if (threads != pool->size()) pool = std::make_unique<ThreadPool>(threads);
        return;
      }
      const auto known = known_.find(name);
      if (known == known_.end()) throw Error(fmt::format("process 0 wants '{}', which is unknown here", name));
      known->second(processes, *pool);
    });
  }
}

}  // namespace infodiet::engine
