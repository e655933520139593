#include "tools/distributed/stations.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/blas_setup.hpp"
#include "engine/distributed/packed.hpp"
#include "engine/kernels/kernels.hpp"
#include "tools/cli/help.hpp"

namespace infodiet::tools {

namespace {

using engine::Communicator;
using engine::Packed;
using engine::Traffic;

constexpr std::string_view describe_order = "describe yourself";
constexpr std::size_t pings = 200;
constexpr std::size_t short_message = 8;
constexpr std::size_t long_pings = 8;
constexpr std::size_t long_message = std::size_t{4} << 20;

Station own_station(std::size_t threads) {
  return {.host = host_name(),
          .threads = threads,
          .version = version_line(),
          .kernels = engine::kernels::name_of(engine::kernels::best_instruction_set()),
          .blas_kernels = engine::blas_kernels()};
}

// Process 0 sends and the other answers, so many times; the seconds of one message. Both call it.
double ping(Communicator& processes, std::size_t other, std::size_t times, std::size_t size) {
  std::vector<std::byte> bytes(size);
  const Communicator::Outgoing out{other, bytes};
  const Communicator::Incoming in{other, bytes};
  const auto send = [&] { processes.exchange(Traffic::results, {&out, 1}, {}); };
  const auto receive = [&] { processes.exchange(Traffic::results, {}, {&in, 1}); };
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < times; ++i) {
    if (processes.is_first()) send();
    receive();
    if (!processes.is_first()) send();
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() /
         static_cast<double>(2 * times);
}

// The first messages between two processes set up their connection.
void measure(Communicator& processes, std::size_t other, Station& station) {
  ping(processes, other, long_pings / 2, long_message);
  station.latency = ping(processes, other, pings, short_message);
  station.bandwidth = static_cast<double>(long_message) / ping(processes, other, long_pings, long_message);
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::vector<Station> measure_stations(Communicator& processes, std::size_t threads) {
  std::vector<Station> stations{own_station(threads)};
  if (processes.is_alone()) return stations;
  return engine::together(processes, [&] {
    engine::give_order(processes, describe_order);
    for (std::size_t p = 1; p < processes.size(); ++p) {
      Packed packed = Packed::receive(processes, Traffic::results, p);
      Station station;
      station.host = packed.take_all<std::string>();
      station.threads = packed.take_value<std::size_t>();
      station.version = packed.take_all<std::string>();
      station.kernels = packed.take_all<std::string>();
      station.blas_kernels = packed.take_all<std::string>();
      measure(processes, p, station);
      stations.push_back(std::move(station));
    }
    return stations;
  });
}

void help_stations(engine::Orders& orders) {
  orders.add(describe_order, [](Communicator& processes, engine::ThreadPool& pool) {
    Station own = own_station(pool.size());
    Packed packed;
    packed.add_all(own.host);
    packed.add_value(own.threads);
    packed.add_all(own.version);
    packed.add_all(own.kernels);
    packed.add_all(own.blas_kernels);
    packed.send(processes, Traffic::results, 0);
    measure(processes, 0, own);
  });
}

}  // namespace infodiet::tools
