#include "recsys/data/time_kind.hpp"

namespace infodiet::recsys {

namespace {

bool counts_up_from_start(const History& history) {
  const std::int64_t start = history.times.front();
  if (start != 0 && start != 1) return false;
  for (std::size_t position = 0; position < history.size(); ++position) {
    if (history.times[position] != start + static_cast<std::int64_t>(position)) return false;
  }
  return true;
}

}  // namespace

TimeKind time_kind(const Dataset& data) {
  if (data.times.empty()) return TimeKind::absent;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    if (history.size() > 0 && !counts_up_from_start(history)) return TimeKind::real;
  }
  return TimeKind::ordinal;
}

}  // namespace infodiet::recsys
