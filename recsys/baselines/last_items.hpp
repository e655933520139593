// Cases to choose options of a counting model by: the last items of some training histories, after the rest.
#pragma once

#include <utility>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

class LastItems {
 public:
  /// Of up to 2,000 histories, evenly chosen, whose last item is not their only one and does not repeat another. With
  /// `most_items`, only the most consumed items are there; ties go to the lower index.
  explicit LastItems(const Dataset& training, std::size_t most_items = static_cast<std::size_t>(-1));

  /// The histories without those items, to count from.
  const Dataset& known() const { return known_; }
  bool empty() const { return asked_.empty(); }
  /// Mean NDCG@10, with repeats forbidden.
  double ndcg(const Recommender& model) const;

 private:
  Dataset known_;
  std::vector<std::pair<std::size_t, ItemIndex>> asked_;  // user and item
};

}  // namespace infodiet::recsys
