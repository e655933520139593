#include "recsys/attention/shared_ranks.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "engine/distributed/packed.hpp"
#include "recsys/attention/blended_model.hpp"
#include "recsys/attention/rank_rounds.hpp"
#include "recsys/attention/shared_blend.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

using engine::Packed;
using engine::Traffic;

constexpr std::string_view baseline_order = "rank by a baseline";
constexpr std::string_view attention_order = "rank by attention";

RankAnswer rank_own(const Recommender& model, std::span<const EvaluationCase> cases, const RankQuestion& question,
                    engine::ThreadPool& pool) {
  try {
    return {.ranked = rank_cases(model, cases, question.list_length, pool, question.repeats)};
  } catch (const DamagedError& error) {
    return {.damaged = error.what()};
  }
}

// Each process has the baseline, and ranks whole blocks of cases.
RankAnswer rank_by_baseline(engine::Communicator& processes, engine::ThreadPool& pool, const Recommender& baseline,
                            std::span<const EvaluationCase> cases, RankQuestion question) {
  engine::give_order(processes, baseline_order);
  engine::broadcast_value(processes, Traffic::histories, question);
  share_part(processes, &baseline);
  const std::size_t block = scoring_block(baseline.catalogue_size());
  const std::size_t blocks = (cases.size() + block - 1) / block;
  const auto cases_of = [&](std::size_t process) {
    const engine::Range own = engine::part_of(blocks, processes.size(), process);
    const std::size_t begin = std::min(cases.size(), own.begin * block);
    return cases.subspan(begin, std::min(cases.size(), own.end * block) - begin);
  };
  for (std::size_t p = 1; p < processes.size(); ++p) {
    pack_cases(cases_of(p)).send(processes, Traffic::histories, p);
  }
  RankAnswer all = rank_own(baseline, cases_of(0), question, pool);
  for (std::size_t p = 1; p < processes.size(); ++p) {
    const RankAnswer more = unpack_answer(Packed::receive(processes, Traffic::results, p));
    if (all.damaged.empty()) all.damaged = more.damaged;
    append(all.ranked, more.ranked);
  }
  return all;
}

void help_baseline(engine::Communicator& processes, engine::ThreadPool& pool) {
  RankQuestion question;
  engine::broadcast_value(processes, Traffic::histories, question);
  const std::shared_ptr<const Recommender> baseline = share_part(processes, nullptr);
  const std::vector<OwnedCase> owned = unpack_cases(Packed::receive(processes, Traffic::histories, 0));
  pack(rank_own(*baseline, views_of(owned), question, pool)).send(processes, Traffic::results, 0);
}

template <class Matrix>
void broadcast_matrix(engine::Communicator& processes, Matrix& matrix) {
  std::array<std::uint64_t, 2> shape{matrix.shape(0), matrix.shape(1)};
  engine::broadcast_value(processes, Traffic::models, shape);
  if (!processes.is_first()) matrix.resize({shape[0], shape[1]});
  engine::broadcast(processes, Traffic::models, std::span<float>(matrix.data(), matrix.size()));
}

// Process 0's rows go to those whose items they are.
void send_rows(engine::Communicator& processes, const engine::Matrix<float>& table) {
  const engine::Bounds bounds = engine::bounds_of(processes, table.shape(0));
  std::vector<engine::Communicator::Outgoing> out;
  for (std::size_t p = 1; p < processes.size(); ++p) {
    const std::size_t count = (bounds[p + 1] - bounds[p]) * table.shape(1);
    out.push_back({p, std::as_bytes(std::span(table.data() + bounds[p] * table.shape(1), count))});
  }
  processes.exchange(Traffic::models, out, {});
}

// Those of the own items, numbered from the first.
ItemVectors::Substitutes own_substitutes(const engine::Range& own, ItemVectors::Substitutes all) {
  ItemVectors::Substitutes some{.items = {}, .rows = {}, .vectors = std::move(all.vectors)};
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    if (all.items[i] < own.begin || all.items[i] >= own.end) continue;
    some.items.push_back(all.items[i] - static_cast<ItemIndex>(own.begin));
    some.rows.push_back(all.rows[i]);
  }
  return some;
}

// Each process gets the network and its own rows of process 0's model, which the others do not have before.
RankAnswer rank_by_attention(engine::Communicator& processes, engine::ThreadPool& pool, const AttentionModel* model,
                             const Blend* blend, std::span<const EvaluationCase> cases, const RankQuestion& question) {
  AttentionConfig config = model != nullptr ? model->config() : AttentionConfig{};
  std::uint64_t catalogue = model != nullptr ? model->catalogue_size() : 0;
  engine::broadcast_value(processes, Traffic::models, config);
  engine::broadcast_value(processes, Traffic::models, catalogue);
  engine::Parameters<float> network =
      model != nullptr ? model->weights().network : engine::Parameters<float>(AttentionNetwork<float>(config).layout());
  engine::broadcast(processes, Traffic::models, network.flat());
  ItemVectors::Substitutes substitutes;
  if (model != nullptr) substitutes = model->output_vectors().substitutes();
  engine::broadcast_all(processes, Traffic::models, substitutes.items);
  engine::broadcast_all(processes, Traffic::models, substitutes.rows);
  broadcast_matrix(processes, substitutes.vectors);

  const engine::Range own = processes.share().of_size(catalogue);
  engine::Matrix<float> received;
  if (model != nullptr) {
    send_rows(processes, model->weights().items);
  } else {
    received.resize({own.end - own.begin, config.width});
    const engine::Communicator::Incoming in{0, std::as_writable_bytes(std::span(received.data(), received.size()))};
    processes.exchange(Traffic::models, {}, {&in, 1});
  }
  const engine::MatrixSpan<const float> rows =
      model != nullptr ? engine::MatrixSpan<const float>(model->weights().items).rows_from(0, own.end)
                       : engine::MatrixSpan<const float>(received);
  ModelPart part(processes, {.config = config, .network = network, .items = rows, .catalogue = catalogue},
                 own_substitutes(own, std::move(substitutes)));
  return rank_by_parts({.processes = processes, .pool = pool, .part = part}, blend, cases, question);
}

bool are_shareable(const Blend& blend) {
  return std::all_of(blend.parts.begin(), blend.parts.end(),
                     [](const BlendPart& part) { return is_shareable(*part.model); });
}

}  // namespace

RankedCases rank_cases_together(engine::Communicator& processes, const Recommender& model,
                                std::span<const EvaluationCase> cases, std::size_t list_length,
                                engine::ThreadPool& pool, Repeats repeats) {
  const auto* const blended = dynamic_cast<const BlendedModel*>(&model);
  const auto* const attention =
      blended != nullptr ? &blended->attention() : dynamic_cast<const AttentionModel*>(&model);
  const Blend* const blend = blended != nullptr ? &blended->blend() : nullptr;
  const bool averages = blended != nullptr && blended->members().size() > 1;
  const bool is_shared =
      attention != nullptr ? !averages && (blend == nullptr || are_shareable(*blend)) : is_shareable(model);
  if (processes.is_alone() || !is_shared) return rank_cases(model, cases, list_length, pool, repeats);
  check_cases(cases, model.name(), model.catalogue_size(), repeats);
  const RankQuestion question{.list_length = list_length, .repeats = repeats};
  RankAnswer answer = engine::together(processes, [&] {
    if (attention == nullptr) return rank_by_baseline(processes, pool, model, cases, question);
    engine::give_order(processes, attention_order);
    return rank_by_attention(processes, pool, attention, blend, cases, question);
  });
  answer.ranked.model = model.name();
  answer.ranked.list_length = list_length;
  return answer.checked();
}

void help_ranking(engine::Orders& orders) {
  orders.add(baseline_order, help_baseline);
  orders.add(attention_order, [](engine::Communicator& processes, engine::ThreadPool& pool) {
    rank_by_attention(processes, pool, nullptr, nullptr, {}, {});
  });
}

}  // namespace infodiet::recsys
