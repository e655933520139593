// Ctrl-C for long commands. Short commands are simply ended by the signal.
#pragma once

#include <csignal>

namespace infodiet::tools {

/// While one exists, the first SIGINT only sets a flag, so that the command can stop cleanly; a second one ends the
/// program at once. At most one at a time.
class InterruptFlag {
 public:
  InterruptFlag();
  ~InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;

  /// Whether Ctrl-C was pressed since this object was made. May be called on any thread.
  bool raised() const noexcept;

 private:
  struct sigaction previous_ {};
};

}  // namespace infodiet::tools
