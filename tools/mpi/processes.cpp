#include "tools/mpi/processes.hpp"

#include <fmt/format.h>
#include <mpi.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <thread>
#include <vector>

#include "tools/distributed/stations.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

namespace {

// MPI counts bytes with an int.
constexpr std::size_t most_bytes = std::size_t{1} << 30;

/// Calls `start(offset, count)` for pieces that MPI can count.
template <class Start>
void in_pieces(std::size_t size, Start start) {
  for (std::size_t at = 0; at < size; at += most_bytes) {
    start(at, static_cast<int>(std::min(most_bytes, size - at)));
  }
}

/// Messages of a step arrive within microseconds, so a process looks for them for about that long. Then it sleeps
/// between two looks: more processes than processors must let each other run, and one that waits for process 0 to read
/// a file need not keep a processor busy. It does not yield, which on a busy machine means to come last.
class Patience {
 public:
  void wait() {
    constexpr int awake = 300;
    constexpr int light_sleep = 5000;
    constexpr auto short_nap = std::chrono::microseconds(20);
    constexpr auto long_nap = std::chrono::microseconds(500);
    if (++looks_ > awake) std::this_thread::sleep_for(looks_ > light_sleep ? long_nap : short_nap);
  }

 private:
  int looks_ = 0;
};

volatile std::sig_atomic_t told_to_end = 0;

// mpirun passes Ctrl-C on as SIGTERM, and Slurm sends it before the time is over. So does mpirun where another process
// has died, which nobody can know but by waiting.
void end_soon(int) {
  told_to_end = 1;
  std::raise(SIGINT);
}

/// Whether others have answered lately since this process was told to end.
class Trust {
 public:
  bool is_lost() {
    if (told_to_end == 0) return false;
    const auto now = std::chrono::steady_clock::now();
    if (!since_) since_ = now;
    return now - *since_ > std::chrono::seconds(5);
  }

 private:
  std::optional<std::chrono::steady_clock::time_point> since_;
};

}  // namespace

MpiProcesses::MpiProcesses(int* argc, char*** argv) {
  int provided = 0;
  MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
  prctl(PR_SET_TIMERSLACK, 1000UL);  // nanoseconds: naps are short
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  rank_ = static_cast<std::size_t>(rank);
  size_ = static_cast<std::size_t>(size);
  if (is_first()) std::signal(SIGTERM, end_soon);
}

MpiProcesses::~MpiProcesses() {
  MPI_Finalize();
}

void MpiProcesses::end_job(std::string_view why) {
  std::fflush(stdout);
  print_failure(fmt::format("process {} of {} on {}: {}", rank_, size_, host_name(), why),
                "The whole job has ended; nothing is half-published. Run it again; training continues with --resume.");
  MPI_Abort(MPI_COMM_WORLD, 1);
}

void MpiProcesses::transfer(std::span<const Outgoing> out, std::span<const Incoming> in) {
  std::vector<MPI_Request> requests;
  for (const Incoming& one : in) {
    in_pieces(one.bytes.size(), [&](std::size_t at, int count) {
      MPI_Irecv(one.bytes.data() + at, count, MPI_BYTE, static_cast<int>(one.from), 0, MPI_COMM_WORLD,
                &requests.emplace_back());
    });
  }
  for (const Outgoing& one : out) {
    in_pieces(one.bytes.size(), [&](std::size_t at, int count) {
      MPI_Isend(one.bytes.data() + at, count, MPI_BYTE, static_cast<int>(one.to), 0, MPI_COMM_WORLD,
                &requests.emplace_back());
    });
  }
  Patience patience;
  Trust trust;
  for (int done = 0;; patience.wait()) {
    MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE);
    if (done != 0) return;
    if (trust.is_lost()) abort("another process does not answer any more: it has died, or its machine");
  }
}

}  // namespace infodiet::tools
