// Exit codes.
#pragma once

namespace infodiet::tools {

/// How the program ended.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  rejected_input = 3,  ///< data that cannot be accepted; an unknown user or item
  damaged_file = 4,    ///< a database that is damaged, not ours, or from another version
  interrupted = 130,   ///< Ctrl-C: 128 + SIGINT, as in shells
};

}  // namespace infodiet::tools
