#include "tools/terminal/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tools/terminal/terminal.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

constexpr auto draw_interval = std::chrono::milliseconds(100);
constexpr std::size_t widest_bar = 24;
constexpr std::size_t narrowest_bar = 4;

std::string rate_text(double rate) {
  if (rate >= 1e6) return fmt::format("{:.1f} M/s", rate / 1e6);
  if (rate >= 1e4) return fmt::format("{:.0f} k/s", rate / 1e3);
  return fmt::format("{:.{}f}/s", rate, rate < 10 ? 1 : 0);
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

void write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t width) {
  const double rate = state.seconds > 0 ? static_cast<double>(state.done) / state.seconds : 0;
  std::string figures;
  if (rate > 0) figures += fmt::format("  {}", rate_text(rate));
  if (rate > 0 && state.total > state.done) {
    figures += fmt::format("  {} left", duration_text(static_cast<double>(state.total - state.done) / rate));
  }
  std::string line = state.label;
  if (state.total > 0) {
    const double share = std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
    const std::string percent = fmt::format(" {:3.0f} %", std::floor(share * 100));
    // On narrow terminals first the bar shrinks, then the figures are cut.
    const std::size_t others = display_width(line) + 4 + percent.size() + figures.size();
    const std::size_t room = width > others ? std::min(widest_bar, width - others) : 0;
    if (room >= narrowest_bar) {
      const auto filled = static_cast<std::size_t>(share * static_cast<double>(room));
      line += fmt::format("  [{:#>{}}{:->{}}]", "", filled, "", room - filled);
    }
    line += percent;
  } else {
    line += fmt::format("  {}", state.done);
  }
  line += figures;
  const std::size_t used = display_width(line);
  if (!state.extra.empty() && used + 3 < width) line.append("  ").append(shorten(state.extra, width - used - 2));
  return shorten(line, width);
}

Progress::Progress(const Console& console, std::string label, std::uint64_t total)
    : state_{.label = std::move(label), .total = total},
      console_(console),
      draws_(!console.quiet() && is_terminal(stderr)) {}

Progress::~Progress() {
  erase();
}

void Progress::update(std::uint64_t done) {
  state_.done = done;
  draw_if_due();
}

void Progress::update(std::uint64_t done, std::uint64_t total, std::string extra) {
  state_.total = total;
  update(done, std::move(extra));
}

void Progress::update(std::uint64_t done, std::string extra) {
  state_.extra = std::move(extra);
  update(done);
}

void Progress::milestone(std::string_view text) {
  erase();
  console_.note(text);
}

void Progress::draw_if_due() {
  const auto now = Clock::now();
  if (!draws_ || now - last_draw_ < draw_interval) return;
  last_draw_ = now;
  state_.seconds = std::chrono::duration<double>(now - start_).count();
  // One column stays free: a full line would wrap on some terminals.
  write(fmt::format("\r\x1b[K{}", progress_line(state_, columns(stderr) - 1)));
  drawn_ = true;
}

void Progress::erase() {
  if (drawn_) write("\r\x1b[K");
  drawn_ = false;
}

}  // namespace infodiet::tools
