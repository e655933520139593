#include "recsys/attention/defaults.hpp"

#include <algorithm>

namespace infodiet::recsys {

namespace {

// Small data sets need more updates than their few batches of the usual size would give.
constexpr std::size_t steps_wanted = 48;
constexpr std::size_t smallest_batch = 16;
// Below this many interactions stronger dropout reached a better validation NDCG@10, above it weaker (README.md).
constexpr std::size_t small_data = 500'000;
constexpr double dropout_on_small_data = 0.3;

}  // namespace

AttentionDefaults attention_defaults(const Dataset& data) {
  AttentionDefaults defaults;
  std::size_t longest = 1;
  for (std::size_t user = 0; user < data.users(); ++user) longest = std::max(longest, data.history(user).size());
  defaults.config.max_length = std::min(defaults.config.max_length, longest);
  if (data.items.size() < small_data) defaults.config.dropout = dropout_on_small_data;
  while (defaults.training.batch > smallest_batch && data.users() < steps_wanted * defaults.training.batch) {
    defaults.training.batch /= 2;
  }
  return defaults;
}

}  // namespace infodiet::recsys
