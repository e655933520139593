// infodiet-mpi with what goes wrong on other people's machines, as the environment asks for:
//   INFODIET_FAULT=version          it is of another version
//   INFODIET_FAULT=die              the process dies, as if killed, when its second epoch is over
//   INFODIET_FAULT=interrupt        it gets then what mpirun makes of Ctrl-C
//   INFODIET_FAULT=full             its disk is full: files cannot grow beyond 400 KiB
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tools/mpi/job.hpp"
#include "tools/mpi/processes.hpp"

namespace {

class FaultyProcesses final : public infodiet::tools::MpiProcesses {
 public:
  FaultyProcesses(int* argc, char*** argv, int signal) : MpiProcesses(argc, argv), signal_(signal) {}

 private:
  void transfer(std::span<const Outgoing> out, std::span<const Incoming> in) override {
    for (const Outgoing& one : out) look_at(one.bytes);
    MpiProcesses::transfer(out, in);
    for (const Incoming& one : in) look_at(one.bytes);
  }

  // An epoch ends with this order; at most one message of a process with one neighbour holds it.
  void look_at(std::span<const std::byte> bytes) {
    constexpr std::string_view end_of_epoch = "give moments";
    if (signal_ == 0 || bytes.size() < end_of_epoch.size()) return;
    const auto is_same = [](std::byte byte, char letter) { return std::to_integer<char>(byte) == letter; };
    if (std::equal(end_of_epoch.begin(), end_of_epoch.end(), bytes.begin(),
                   [&](char letter, std::byte byte) { return is_same(byte, letter); }) &&
        ++epochs_ == 2) {
      std::raise(signal_);
    }
  }

  int signal_;
  int epochs_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const char* given = std::getenv("INFODIET_FAULT");
  const std::string_view fault = given == nullptr ? "" : given;
  FaultyProcesses processes(&argc, &argv, fault == "die" ? SIGKILL : fault == "interrupt" ? SIGTERM : 0);
  if (fault == "full") {
    const rlimit limit{.rlim_cur = rlim_t{400} << 10, .rlim_max = rlim_t{400} << 10};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  return infodiet::tools::run_job(argc, argv, processes,
                                  fault == "version" ? "infodiet 0.0.0" : "infodiet " INFODIET_TEST_VERSION);
}
