// External keys of users and items for result files; evaluation itself never sees them.
#pragma once

#include <functional>
#include <string>

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Functions from our numbers to keys.
struct KeyNames {
  std::function<std::string(std::size_t user)> user;  ///< of a user's number in the data set
  std::function<std::string(ItemIndex item)> item;
};

}  // namespace infodiet::recsys
