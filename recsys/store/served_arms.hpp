// How often something was taken from the lists of the service, by arm.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Kept lists of one arm of the service (recsys/store/slates.hpp).
struct ServedArm {
  std::string name;
  std::int64_t people = 0;
  std::int64_t lists = 0;
  std::int64_t taken = 0;  ///< lists from which something was taken
  double share = 0;        ///< taken / lists
  double low = 0;          ///< ends of its 95 % interval, in [0, 1]
  double high = 1;
};

/// All arms, by name. The interval is that of a ratio over people, whose lists depend on each other: share +- 1.96
/// standard errors of the residuals taken - share lists (Cochran 1977, section 6.3); from 0 to 1 for fewer than two
/// people.
std::vector<ServedArm> served_arms(const Database& db);

}  // namespace infodiet::recsys
