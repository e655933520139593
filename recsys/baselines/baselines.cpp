#include "recsys/baselines/baselines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/own_items.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/baselines/recent_popularity.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

std::vector<std::string_view> baselines_for(Repeats repeats, const Dataset& training) {
  std::vector<std::string_view> names(baseline_names.begin(), baseline_names.end());
  if (repeats == Repeats::forbid) std::erase(names, "own_items");
  if (!Ease::fits(training)) std::erase(names, "ease");
  return names;
}

std::unique_ptr<Recommender> make_baseline(std::string_view name, const Dataset& training) {
  if (name == "popularity") return std::make_unique<Popularity>(training);
  if (name == "recent_popularity") return std::make_unique<RecentPopularity>(training);
  if (name == "markov") return std::make_unique<Markov>(training);
  if (name == "item_knn") return std::make_unique<ItemKnn>(training);
  if (name == "ease") return std::make_unique<Ease>(training, choose_ease_options(training));
  if (name == "own_items") return std::make_unique<OwnItems>(training);
  throw DataError(
      fmt::format("unknown baseline {:?}: known are {}", name.substr(0, 100), fmt::join(baseline_names, ", ")));
}

}  // namespace infodiet::recsys
