#include "recsys/baselines/last_items.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "recsys/baselines/popularity.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::size_t most_people = 2000;

std::vector<bool> most_consumed(const Dataset& data, std::size_t count) {
  const std::vector<std::uint32_t> counts = item_counts(data);
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  order.resize(std::min(order.size(), count));
  std::vector<bool> among(counts.size(), false);
  for (const std::size_t item : order) among[item] = true;
  return among;
}

}  // namespace

LastItems::LastItems(const Dataset& training, std::size_t most_items) {
  const std::vector<bool> among = most_consumed(training, most_items);
  known_.item_ids = training.item_ids;
  const std::size_t stride = std::max<std::size_t>(1, (training.users() + most_people - 1) / most_people);
  for (std::size_t user = 0; user < training.users(); ++user) {
    std::vector<ItemIndex> own;
    for (const ItemIndex item : training.history(user).items) {
      if (among[item]) own.push_back(item);
    }
    const bool repeats = !own.empty() && std::find(own.begin(), own.end() - 1, own.back()) != own.end() - 1;
    if (user % stride == 0 && own.size() > 1 && !repeats) {
      asked_.emplace_back(user, own.back());
      own.pop_back();
    }
    known_.items.insert(known_.items.end(), own.begin(), own.end());
    known_.offsets.push_back(known_.items.size());
    known_.user_ids.push_back(training.user_ids[user]);
  }
}

double LastItems::ndcg(const Recommender& model) const {
  constexpr std::ptrdiff_t k = 10;
  std::vector<float> scores(model.catalogue_size());
  double sum = 0;
  for (const auto& [user, target] : asked_) {
    const History history = known_.history(user);
    model.score({&history, 1}, {scores.data(), 1, scores.size()});
    const float own = scores[target];
    for (const ItemIndex seen : history.items) scores[seen] = own - 1;
    const auto before = std::count_if(scores.begin(), scores.end(), [&](float score) { return score > own; });
    if (before < k) sum += 1 / std::log2(static_cast<double>(before) + 2);
  }
  return sum / static_cast<double>(asked_.size());
}

}  // namespace infodiet::recsys
