#include "recsys/attention/shared_blend.hpp"

#include <utility>

#include "engine/distributed/collectives.hpp"
#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/recent_popularity.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;

// What a part of a blend is.
enum class PartKind : std::uint8_t { neighbours, ease, markov, recent, unknown };

PartKind kind_of(const Recommender& part) {
  if (dynamic_cast<const ItemKnn*>(&part) != nullptr) return PartKind::neighbours;
  if (dynamic_cast<const Ease*>(&part) != nullptr) return PartKind::ease;
  if (dynamic_cast<const Markov*>(&part) != nullptr) return PartKind::markov;
  if (dynamic_cast<const RecentPopularity*>(&part) != nullptr) return PartKind::recent;
  return PartKind::unknown;
}

void broadcast_rows(engine::Communicator& processes, SparseRows& rows) {
  engine::broadcast_all(processes, Traffic::models, rows.offsets);
  engine::broadcast_all(processes, Traffic::models, rows.entries);
}

}  // namespace

bool is_shareable(const Recommender& part) {
  return kind_of(part) != PartKind::unknown;
}

std::shared_ptr<const Recommender> share_part(engine::Communicator& processes, const Recommender* part) {
  PartKind kind = part != nullptr ? kind_of(*part) : PartKind::unknown;
  engine::broadcast_value(processes, Traffic::models, kind);
  if (kind == PartKind::neighbours) {
    ItemKnn::Counted counted;
    if (part != nullptr) counted = dynamic_cast<const ItemKnn&>(*part).counted();
    engine::broadcast_all(processes, Traffic::models, counted.background);
    broadcast_rows(processes, counted.similar);
    return std::make_shared<const ItemKnn>(std::move(counted));
  }
  if (kind == PartKind::ease) {
    Ease::Solved solved;
    EaseOptions options;
    if (part != nullptr) {
      const auto& ease = dynamic_cast<const Ease&>(*part);
      solved = ease.solved();
      options = ease.options();
    }
    engine::broadcast_value(processes, Traffic::models, options);
    engine::broadcast_all(processes, Traffic::models, solved.background);
    broadcast_rows(processes, solved.weights);
    return std::make_shared<const Ease>(std::move(solved), options);
  }
  if (kind == PartKind::markov) {
    Markov::Counted counted;
    if (part != nullptr) counted = dynamic_cast<const Markov&>(*part).counted();
    engine::broadcast_all(processes, Traffic::models, counted.shares);
    broadcast_rows(processes, counted.transitions);
    return std::make_shared<const Markov>(std::move(counted));
  }
  RecentPopularity::Counted counted;
  if (part != nullptr) counted = dynamic_cast<const RecentPopularity&>(*part).counted();
  engine::broadcast_all(processes, Traffic::models, counted.background);
  engine::broadcast_all(processes, Traffic::models, counted.times);
  engine::broadcast_all(processes, Traffic::models, counted.items);
  return std::make_shared<const RecentPopularity>(std::move(counted));
}

Blend share_blend(engine::Communicator& processes, const Blend* of_first) {
  Blend blend;
  if (of_first != nullptr) blend = *of_first;
  if (processes.is_alone()) return blend;
  engine::broadcast_value(processes, Traffic::models, blend.temperature);
  std::uint64_t parts = blend.parts.size();
  engine::broadcast_value(processes, Traffic::models, parts);
  blend.parts.resize(parts);
  for (BlendPart& part : blend.parts) {
    std::shared_ptr<const Recommender> equal = share_part(processes, part.model.get());
    if (!processes.is_first()) part.model = std::move(equal);
    engine::broadcast_value(processes, Traffic::models, part.temperature);
  }
  engine::broadcast_all(processes, Traffic::models, blend.lengths);
  blend.weights.resize(blend.lengths.size());
  for (std::vector<double>& weights : blend.weights) engine::broadcast_all(processes, Traffic::models, weights);
  return blend;
}

}  // namespace infodiet::recsys
