#include "tests/bench/work.hpp"

#include <algorithm>

namespace infodiet::bench {

Work work_of(const recsys::Dataset& data, std::size_t length) {
  Work work;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const auto tokens = static_cast<double>(std::min(data.history(user).size() - 1, length));
    work.tokens += tokens;
    work.pairs += tokens * (tokens + 1) / 2;
  }
  return work;
}

double network_flops(const recsys::AttentionConfig& config, const Work& work) {
  const auto width = static_cast<double>(config.width);
  const auto hidden = static_cast<double>(config.ffn_width);
  const bool gated = config.block == engine::BlockKind::gated;
  const double projections = 4 * width * width + (gated ? 3 : 2) * width * hidden + (gated ? 2 * width * width : 0);
  return 2 * static_cast<double>(config.blocks) * (projections * work.tokens + 2 * width * work.pairs);
}

double scoring_flops(const recsys::AttentionConfig& config, double tokens, std::size_t items) {
  return 2 * static_cast<double>(config.width) * static_cast<double>(items) * tokens;
}

}  // namespace infodiet::bench
