// A disk that fails on purpose: the writing system calls of a child process, SQLite's and our own, counted, and one of
// them (or all from one on) refused, or the power cut at a sync. Calls that stay inside the C library (fwrite) are not
// seen. One process at a time; the parent's disk is sound.
#pragma once

#include <functional>

namespace infodiet::test {

enum class Fault {
  killed,      ///< the process ends before the call
  io_error,    ///< EIO
  disk_full,   ///< ENOSPC
  read_error,  ///< EIO, of reads alone
  power_cut,   ///< at a sync: what was written to any file since its last sync is lost, and the process ends
};

struct FaultPlan {
  Fault fault = Fault::killed;
  long at = 0;          ///< number of the call, from 0; of syncs alone for power_cut
  bool sticky = false;  ///< every call from there on is refused
};

enum class Ended {
  done,    ///< the work finished
  failed,  ///< it threw
  died,    ///< the plan ended it
};

/// Runs `work` in a child process under the plan. Sets `reached` to whether the plan's call was made.
Ended run_with(const FaultPlan& plan, const std::function<void()>& work, bool& reached);

}  // namespace infodiet::test
