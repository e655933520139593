#include "recsys/attention/defaults.hpp"

#include <algorithm>

namespace infodiet::recsys {

AttentionDefaults attention_defaults(const Dataset& data) {
  AttentionDefaults defaults;
  std::size_t longest = 1;
  for (std::size_t user = 0; user < data.users(); ++user) longest = std::max(longest, data.history(user).size());
  defaults.config.max_length = std::min(defaults.config.max_length, longest);
  return defaults;
}

}  // namespace infodiet::recsys
