#include "recsys/evaluation/noise.hpp"

#include <algorithm>
#include <set>

#include "engine/errors.hpp"
#include "engine/random.hpp"

namespace infodiet::recsys {

NoisyCases::NoisyCases(std::span<const EvaluationCase> cases, double share, std::size_t catalogue, std::uint64_t seed)
    : cases_(cases.begin(), cases.end()) {
  if (!(share >= 0 && share <= 1)) throw Error("noisy cases: the share must lie between 0 and 1");
  std::size_t total = 0;
  for (const EvaluationCase& one : cases) total += one.history.size();
  items_.reserve(total);  // spans refer to it
  for (std::size_t c = 0; c < cases_.size(); ++c) {
    EvaluationCase& one = cases_[c];
    const std::set<ItemIndex> targets(one.targets.begin(), one.targets.end());
    if (targets.size() >= catalogue) throw Error("noisy cases: there is no item that is not a target");
    engine::RandomStream stream(seed, engine::Purpose::examples, 0, static_cast<std::uint32_t>(c));
    const std::size_t begin = items_.size();
    for (const ItemIndex item : one.history.items) {
      ItemIndex kept = item;
      if (stream.uniform() < share) {
        do {
          kept = static_cast<ItemIndex>(stream.below(catalogue));
        } while (targets.contains(kept));
      }
      items_.push_back(kept);
    }
    one.history.items = std::span(items_).subspan(begin);
  }
}

}  // namespace infodiet::recsys
