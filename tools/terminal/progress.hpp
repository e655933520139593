// Progress of long work, on standard error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// What a progress bar shows.
struct ProgressState {
  std::string label;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  ///< 0: unknown, so no bar and no time left
  double seconds = 0;       ///< since the start
  std::string extra = {};   ///< shown at the end: "loss 4.32  NDCG@10 0.151"
};

/// The bar as one line of at most `width` columns: label, bar, share, rate, time left, extra text.
std::string progress_line(const ProgressState& state, std::size_t width);

/// A bar on standard error, redrawn a few times a second, if that is a terminal and messages are wanted; otherwise only
/// `milestone` writes. Erased at the end of its scope. Not thread-safe.
class Progress {
 public:
  Progress(const Console& console, std::string label, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Cheap enough for every batch. Keeps `total` and `extra` if they are not given.
  void update(std::uint64_t done);
  void update(std::uint64_t done, std::uint64_t total, std::string extra);
  void update(std::uint64_t done, std::string extra);
  /// A permanent line (an epoch and its figures) above the bar, or alone without a terminal; nothing with --quiet.
  void milestone(std::string_view text);

 private:
  using Clock = std::chrono::steady_clock;
  void draw_if_due();
  void erase();

  ProgressState state_;
  const Console& console_;
  const bool draws_;
  bool drawn_ = false;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point last_draw_{};
};

}  // namespace infodiet::tools
