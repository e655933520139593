#include "recsys/store/served_arms.hpp"

#include <algorithm>
#include <cmath>

namespace infodiet::recsys {
namespace {

// Sums over the people of one arm, for the share and its standard error.
struct Sums {
  double lists = 0;
  double taken = 0;
  double lists_squared = 0;
  double taken_squared = 0;
  double product = 0;
};

void finish(ServedArm& arm, const Sums& sums) {
  arm.share = sums.taken / sums.lists;
  if (arm.people < 2) return;
  const double people = static_cast<double>(arm.people);
  const double residuals =
      sums.taken_squared - 2 * arm.share * sums.product + arm.share * arm.share * sums.lists_squared;
  const double error = std::sqrt(std::max(0.0, residuals) * people / (people - 1)) / sums.lists;
  constexpr double standard_errors = 1.96;
  arm.low = std::max(0.0, arm.share - standard_errors * error);
  arm.high = std::min(1.0, arm.share + standard_errors * error);
}

}  // namespace

std::vector<ServedArm> served_arms(const Database& db) {
  Statement query = db.prepare(
      "SELECT policy, count(*), count(chosen) FROM slates JOIN slate_logs ON slate_logs.id = log_id"
      " WHERE source = 'service' GROUP BY policy, person ORDER BY policy");
  std::vector<ServedArm> arms;
  Sums sums;
  while (query.step()) {
    if (arms.empty() || arms.back().name != query.text(0)) {
      if (!arms.empty()) finish(arms.back(), sums);
      arms.push_back({.name = std::string(query.text(0))});
      sums = {};
    }
    ServedArm& arm = arms.back();
    const auto lists = static_cast<double>(query.integer(1));
    const auto taken = static_cast<double>(query.integer(2));
    ++arm.people;
    arm.lists += query.integer(1);
    arm.taken += query.integer(2);
    sums.lists += lists;
    sums.taken += taken;
    sums.lists_squared += lists * lists;
    sums.taken_squared += taken * taken;
    sums.product += lists * taken;
  }
  if (!arms.empty()) finish(arms.back(), sums);
  return arms;
}

}  // namespace infodiet::recsys
