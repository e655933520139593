#include "rl/diet/items.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/errors.hpp"
#include "recsys/evaluation/diversity.hpp"
#include "rl/diet/mean.hpp"

namespace infodiet::rl {

namespace {

/// The gains of alpha-nDCG as a list grows.
class AlphaGain {
 public:
  AlphaGain(std::span<const double> interest, double alpha) : interest_(interest), alpha_(alpha) {}

  double gain(const Candidate& item) const {
    double sum = 0;
    for (const Topic topic : item.topics) {
      if (!interest_.empty() && interest_[topic] <= 0) continue;
      const auto seen = seen_.find(topic);
      sum += std::pow(1 - alpha_, seen == seen_.end() ? 0 : seen->second);
    }
    return sum;
  }
  void add(const Candidate& item) {
    ++length_;
    total_ += gain(item) / std::log2(static_cast<double>(1 + length_));
    for (const Topic topic : item.topics) ++seen_[topic];
  }
  double total() const { return total_; }

 private:
  std::span<const double> interest_;
  double alpha_;
  std::map<Topic, int> seen_;
  std::size_t length_ = 0;
  double total_ = 0;
};

}  // namespace

std::optional<std::vector<double>> topic_shares(std::span<const Candidate> items, std::size_t topics,
                                                ListWeights weights) {
  std::vector<double> shares(topics, 0.0);
  double total = 0;
  for (std::size_t rank = 1; rank <= items.size(); ++rank) {
    const std::span<const Topic> of_item = items[rank - 1].topics;
    if (of_item.empty()) continue;
    const double weight = weights == ListWeights::even ? 1 : 1 / static_cast<double>(rank);
    total += weight;
    if (of_item.back() >= topics) {
      throw ShapeError(fmt::format("topic_shares: topic {}: expected less than {}", of_item.back(), topics));
    }
    recsys::add_topics<double>(of_item, weight, shares);
  }
  if (total == 0) return std::nullopt;
  for (double& share : shares) share /= total;
  return shares;
}

std::optional<double> topic_similarity(const Candidate& a, const Candidate& b) {
  return recsys::jaccard(a.topics, b.topics);
}

std::optional<double> intra_list_diversity(std::span<const Candidate> items) {
  return recsys::mean_dissimilarity(items.size(),
                                    [&](std::size_t i, std::size_t j) { return topic_similarity(items[i], items[j]); });
}

std::optional<double> mean_novelty(std::span<const Candidate> items) {
  Mean mean;
  for (const Candidate& item : items) {
    if (item.popularity) mean.add(recsys::novelty(*item.popularity));
  }
  return mean.value();
}

std::optional<double> nutrition(std::span<const Candidate> items) {
  Mean mean;
  for (const Candidate& item : items) mean.add(item.quality);
  return mean.value();
}

std::optional<double> sugar(std::span<const Candidate> items) {
  Mean mean;
  for (const Candidate& item : items) mean.add(item.clickbait);
  return mean.value();
}

std::optional<double> overload(double spent, double attention) {
  if (!(spent > 0)) return std::nullopt;
  return std::max(0.0, spent - attention) / spent;
}

std::optional<double> alpha_ndcg(std::span<const Candidate> list, std::span<const Candidate> pool,
                                 std::span<const double> interest, double alpha) {
  AlphaGain gain(interest, alpha);
  for (const Candidate& item : list) gain.add(item);

  AlphaGain ideal(interest, alpha);
  std::vector<const Candidate*> left;
  for (const Candidate& item : pool) left.push_back(&item);
  for (std::size_t rank = 0; rank < list.size() && !left.empty(); ++rank) {
    const auto best = std::max_element(left.begin(), left.end(), [&](const Candidate* a, const Candidate* b) {
      return ideal.gain(*a) < ideal.gain(*b);
    });
    ideal.add(**best);
    left.erase(best);
  }
  if (ideal.total() == 0) return std::nullopt;
  return gain.total() / ideal.total();
}

}  // namespace infodiet::rl
