// The processes of an MPI job. The only code that knows MPI.
#pragma once

#include "engine/distributed/communicator.hpp"

namespace infodiet::tools {

/// All processes that mpirun has started. One object, for as long as messages are exchanged.
class MpiProcesses : public engine::Communicator {
 public:
  MpiProcesses(int* argc, char*** argv);
  ~MpiProcesses() override;

  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return size_; }

 protected:
  void transfer(std::span<const Outgoing> out, std::span<const Incoming> in) override;

 private:
  void end_job(std::string_view why) override;

  std::size_t rank_ = 0;
  std::size_t size_ = 1;
};

}  // namespace infodiet::tools
