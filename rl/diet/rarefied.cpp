#include "rl/diet/rarefied.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/errors.hpp"

namespace infodiet::rl {

namespace {

/// How often a topic occurs in `draws` without replacement from all.
class Draws {
 public:
  Draws(const char* function, std::span<const std::uint32_t> counts, std::size_t draws)
      : all_(std::accumulate(counts.begin(), counts.end(), std::size_t{0})), draws_(draws) {
    if (draws == 0 || draws > all_) {
      throw ShapeError(
          fmt::format("{}: {} draws from {}: expected at least 1 and at most that many", function, draws, all_));
    }
    log_factorials_.assign(all_ + 1, 0.0);
    for (std::size_t i = 1; i <= all_; ++i) {
      log_factorials_[i] = log_factorials_[i - 1] + std::log(static_cast<double>(i));
    }
  }

  /// The probability that a topic that occurs `count` times is drawn `times` times.
  double chance(std::size_t count, std::size_t times) const {
    if (times > count || draws_ - times > all_ - count) return 0;
    return std::exp(log_choose(count, times) + log_choose(all_ - count, draws_ - times) - log_choose(all_, draws_));
  }

 private:
  double log_choose(std::size_t n, std::size_t k) const {
    return log_factorials_[n] - log_factorials_[k] - log_factorials_[n - k];
  }

  std::size_t all_;
  std::size_t draws_;
  std::vector<double> log_factorials_;
};

}  // namespace

std::vector<std::uint32_t> topic_counts(std::span<const Candidate> items, std::size_t topics) {
  std::vector<std::uint32_t> counts(topics, 0);
  for (const Candidate& item : items) {
    for (const Topic topic : item.topics) {
      if (topic >= topics) {
        throw ShapeError(fmt::format("topic_counts: topic {}: expected less than {}", topic, topics));
      }
      ++counts[topic];
    }
  }
  return counts;
}

double rarefied_topics(std::span<const std::uint32_t> counts, std::size_t draws) {
  const Draws chances("rarefied_topics", counts, draws);
  double met = 0;
  for (const std::uint32_t count : counts) met += count == 0 ? 0 : 1 - chances.chance(count, 0);
  return met;
}

double rarefied_effective_topics(std::span<const std::uint32_t> counts, std::size_t draws) {
  const Draws chances("rarefied_effective_topics", counts, draws);
  double entropy = 0;
  for (const std::uint32_t count : counts) {
    for (std::size_t k = 1; k <= std::min<std::size_t>(count, draws); ++k) {
      const double share = static_cast<double>(k) / static_cast<double>(draws);
      entropy -= chances.chance(count, k) * share * std::log(share);
    }
  }
  return std::exp(entropy);
}

}  // namespace infodiet::rl
