#include "tools/terminal/interrupt.hpp"

#include <atomic>

namespace infodiet::tools {
namespace {

std::atomic<bool> raised_flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void on_signal(int) {
  raised_flag.store(true);
}

}  // namespace

InterruptFlag::InterruptFlag() {
  raised_flag.store(false);
  struct sigaction action {};
  action.sa_handler = on_signal;
  // Back to the default after the first, so that a second Ctrl-C always works; system calls are restarted.
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &previous_);
}

InterruptFlag::~InterruptFlag() {
  sigaction(SIGINT, &previous_, nullptr);
}

bool InterruptFlag::raised() const noexcept {
  return raised_flag.load();
}

}  // namespace infodiet::tools
