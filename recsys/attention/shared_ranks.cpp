#include "recsys/attention/shared_ranks.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "engine/distributed/packed.hpp"
#include "recsys/attention/blended_model.hpp"
#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/recent_popularity.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

using engine::Packed;
using engine::Traffic;

constexpr std::string_view rank_order = "rank cases";

// What a part of a blend is.
enum class PartKind : std::uint8_t { neighbours, ease, markov, recent, unknown };

PartKind kind_of(const Recommender& part) {
  if (dynamic_cast<const ItemKnn*>(&part) != nullptr) return PartKind::neighbours;
  if (dynamic_cast<const Ease*>(&part) != nullptr) return PartKind::ease;
  if (dynamic_cast<const Markov*>(&part) != nullptr) return PartKind::markov;
  if (dynamic_cast<const RecentPopularity*>(&part) != nullptr) return PartKind::recent;
  return PartKind::unknown;
}

// What every process needs of a model, or nothing if it is not shared out.
struct ModelParts {
  const Recommender* baseline = nullptr;  // by itself
  std::vector<const AttentionModel*> members = {};
  const Blend* blend = nullptr;

  bool is_empty() const { return baseline == nullptr && members.empty(); }
};

ModelParts parts_of(const Recommender& model) {
  if (kind_of(model) != PartKind::unknown) return {.baseline = &model};
  if (const auto* attention = dynamic_cast<const AttentionModel*>(&model)) return {.members = {attention}};
  const auto* blended = dynamic_cast<const BlendedModel*>(&model);
  if (blended == nullptr) return {};
  for (const BlendPart& part : blended->blend().parts) {
    if (kind_of(*part.model) == PartKind::unknown) return {};
  }
  ModelParts parts{.blend = &blended->blend()};
  for (const auto& member : blended->members()) parts.members.push_back(member.get());
  return parts;
}

template <class Matrix>
void broadcast_matrix(engine::Communicator& processes, Matrix& matrix) {
  std::array<std::uint64_t, 2> shape{matrix.shape(0), matrix.shape(1)};
  engine::broadcast_value(processes, Traffic::models, shape);
  if (!processes.is_first()) matrix.resize({shape[0], shape[1]});
  engine::broadcast(processes, Traffic::models, std::span<float>(matrix.data(), matrix.size()));
}

void broadcast_rows(engine::Communicator& processes, SparseRows& rows) {
  engine::broadcast_all(processes, Traffic::models, rows.offsets);
  engine::broadcast_all(processes, Traffic::models, rows.entries);
}

// Process 0's part goes to all, which get an equal one.
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

// The same for a whole blend.
Blend share_blend(engine::Communicator& processes, const Blend* of_first) {
  Blend blend;
  if (of_first != nullptr) blend = *of_first;
  std::uint64_t parts = blend.parts.size();
  engine::broadcast_value(processes, Traffic::models, parts);
  blend.parts.resize(parts);
  for (BlendPart& part : blend.parts) {
    part.model = share_part(processes, part.model.get());
    engine::broadcast_value(processes, Traffic::models, part.temperature);
  }
  engine::broadcast_all(processes, Traffic::models, blend.lengths);
  blend.weights.resize(blend.lengths.size());
  for (std::vector<double>& weights : blend.weights) engine::broadcast_all(processes, Traffic::models, weights);
  return blend;
}

// The same for one member; process 0 gets nothing.
std::shared_ptr<const AttentionModel> share_member(engine::Communicator& processes, const AttentionModel* of_first) {
  AttentionConfig config = of_first != nullptr ? of_first->config() : AttentionConfig{};
  engine::broadcast_value(processes, Traffic::models, config);
  AttentionWeights weights;
  ItemVectors::Substitutes substitutes;
  if (of_first != nullptr) {
    weights = of_first->weights();
    substitutes = of_first->output_vectors().substitutes();
  } else {
    weights.network = engine::Parameters<float>(AttentionNetwork<float>(config).layout());
  }
  engine::broadcast(processes, Traffic::models, weights.network.flat());
  broadcast_matrix(processes, weights.items);
  engine::broadcast_all(processes, Traffic::models, substitutes.items);
  engine::broadcast_all(processes, Traffic::models, substitutes.rows);
  broadcast_matrix(processes, substitutes.vectors);
  if (of_first != nullptr) return nullptr;
  return std::make_shared<const AttentionModel>(config, std::move(weights), std::move(substitutes));
}

// Process 0's model goes to all, which build an equal one; process 0 itself need not use it.
std::shared_ptr<const Recommender> share_model(engine::Communicator& processes, const ModelParts& parts) {
  bool is_baseline = parts.baseline != nullptr;
  engine::broadcast_value(processes, Traffic::models, is_baseline);
  if (is_baseline) return share_part(processes, parts.baseline);
  std::uint64_t count = parts.members.size();
  engine::broadcast_value(processes, Traffic::models, count);
  std::vector<std::shared_ptr<const AttentionModel>> members;
  for (std::uint64_t m = 0; m < count; ++m) {
    members.push_back(share_member(processes, processes.is_first() ? parts.members[m] : nullptr));
  }
  Blend blend = share_blend(processes, parts.blend);
  if (processes.is_first()) return nullptr;
  return std::make_shared<const BlendedModel>(std::move(members), std::move(blend));
}

Packed pack(std::span<const EvaluationCase> cases) {
  Packed packed;
  packed.add_value<std::uint64_t>(cases.size());
  for (const EvaluationCase& one : cases) {
    packed.add_value<std::uint64_t>(one.user);
    packed.add(one.history.items);
    packed.add(one.history.times);
    packed.add(one.targets);
  }
  return packed;
}

// A case with the history it refers to.
struct OwnedCase {
  std::uint64_t user;
  std::vector<ItemIndex> items;
  std::vector<std::int64_t> times;
  std::vector<ItemIndex> targets;

  EvaluationCase view() const { return {.user = user, .history = {items, times}, .targets = targets}; }
};

std::vector<OwnedCase> unpack_cases(Packed packed) {
  std::vector<OwnedCase> owned(packed.take_value<std::uint64_t>());
  for (OwnedCase& one : owned) {
    one.user = packed.take_value<std::uint64_t>();
    one.items = packed.take_all<std::vector<ItemIndex>>();
    one.times = packed.take_all<std::vector<std::int64_t>>();
    one.targets = packed.take_all<std::vector<ItemIndex>>();
  }
  return owned;
}

// What came of a process's cases: ranks, or why there are none.
struct Result {
  enum class Kind : std::uint8_t { ranked, damaged, failed };
  Kind kind = Kind::ranked;
  std::string why = {};
  RankedCases ranked = {};

  const RankedCases& checked() const {
    if (kind == Kind::damaged) throw DamagedError(why);
    if (kind == Kind::failed) throw Error(why);
    return ranked;
  }
};

Packed pack(const Result& result) {
  Packed packed;
  packed.add_value(result.kind);
  packed.add_all(result.why);
  packed.add_all(result.ranked.offsets);
  packed.add_all(result.ranked.targets);
  packed.add_all(result.ranked.ranks);
  packed.add_all(result.ranked.list_offsets);
  packed.add_all(result.ranked.lists);
  return packed;
}

Result unpack_result(Packed packed) {
  Result result{.kind = packed.take_value<Result::Kind>(), .why = packed.take_all<std::string>()};
  result.ranked.offsets = packed.take_all<std::vector<std::size_t>>();
  result.ranked.targets = packed.take_all<std::vector<ItemIndex>>();
  result.ranked.ranks = packed.take_all<std::vector<std::uint32_t>>();
  result.ranked.list_offsets = packed.take_all<std::vector<std::size_t>>();
  result.ranked.lists = packed.take_all<std::vector<ScoredItem>>();
  return result;
}

struct Question {
  std::uint64_t list_length;
  Repeats repeats;
};

Result rank_own(const Recommender& model, std::span<const EvaluationCase> cases, const Question& question,
                engine::ThreadPool& pool) {
  try {
    return {.ranked = rank_cases(model, cases, question.list_length, pool, question.repeats)};
  } catch (const DamagedError& error) {
    return {.kind = Result::Kind::damaged, .why = error.what()};
  } catch (const std::exception& error) {
    return {.kind = Result::Kind::failed, .why = error.what()};
  }
}

}  // namespace

RankedCases rank_cases_together(engine::Communicator& processes, const Recommender& model,
                                std::span<const EvaluationCase> cases, std::size_t list_length,
                                engine::ThreadPool& pool, Repeats repeats) {
  const ModelParts parts = parts_of(model);
  if (processes.is_alone() || parts.is_empty()) return rank_cases(model, cases, list_length, pool, repeats);
  // Cases are scored in blocks, so a process's cases are whole blocks.
  const std::size_t block = scoring_block(model.catalogue_size());
  const std::size_t blocks = (cases.size() + block - 1) / block;
  const auto cases_of = [&](std::size_t process) {
    const engine::Range own = engine::part_of(blocks, processes.size(), process);
    const std::size_t begin = std::min(cases.size(), own.begin * block);
    return cases.subspan(begin, std::min(cases.size(), own.end * block) - begin);
  };
  const std::vector<Result> results = engine::together(processes, [&] {
    engine::give_order(processes, rank_order);
    Question question{.list_length = list_length, .repeats = repeats};
    engine::broadcast_value(processes, Traffic::histories, question);
    share_model(processes, parts);
    for (std::size_t p = 1; p < processes.size(); ++p) pack(cases_of(p)).send(processes, Traffic::histories, p);
    std::vector<Result> all{rank_own(model, cases_of(0), question, pool)};
    for (std::size_t p = 1; p < processes.size(); ++p) {
      all.push_back(unpack_result(Packed::receive(processes, Traffic::results, p)));
    }
    return all;
  });
  RankedCases ranked;
  ranked.model = model.name();
  ranked.list_length = list_length;
  for (const Result& result : results) append(ranked, result.checked());
  return ranked;
}

void help_ranking(engine::Orders& orders) {
  orders.add(rank_order, [](engine::Communicator& processes, engine::ThreadPool& pool) {
    Question question{};
    engine::broadcast_value(processes, Traffic::histories, question);
    const std::shared_ptr<const Recommender> model = share_model(processes, {});
    const std::vector<OwnedCase> owned = unpack_cases(Packed::receive(processes, Traffic::histories, 0));
    std::vector<EvaluationCase> cases;
    cases.reserve(owned.size());
    for (const OwnedCase& one : owned) cases.push_back(one.view());
    pack(rank_own(*model, cases, question, pool)).send(processes, Traffic::results, 0);
  });
}

}  // namespace infodiet::recsys
