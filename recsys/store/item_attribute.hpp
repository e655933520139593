// A value that an item has, beside those with a column of their own. Models read them through item_attributes.hpp.
#pragma once

#include <string>

namespace infodiet::recsys {

/// A brand, a category, an actor.
struct ItemAttribute {
  std::string name = {};  ///< the column it came from
  std::string value = {};
};

}  // namespace infodiet::recsys
