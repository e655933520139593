#include "recsys/attention/rank_rounds.hpp"

#include <algorithm>
#include <numeric>

#include "recsys/attention/blend_fit.hpp"
#include "recsys/attention/blended_model.hpp"
#include "recsys/attention/shared_blend.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/part_ranks.hpp"
#include "recsys/ranking/score_memory.hpp"
#include "recsys/store/model_names.hpp"

namespace infodiet::recsys {

namespace {

using engine::Packed;
using engine::Traffic;

Packed pack(const PartRanks& part) {
  Packed packed;
  packed.add_all(part.bad);
  packed.add_all(part.before);
  packed.add_all(part.list_offsets);
  packed.add_all(part.lists);
  return packed;
}

PartRanks unpack_part(Packed packed) {
  PartRanks part;
  part.bad = packed.take_all<std::vector<PartRanks::BadScore>>();
  part.before = packed.take_all<std::vector<std::uint32_t>>();
  part.list_offsets = packed.take_all<std::vector<std::size_t>>();
  part.lists = packed.take_all<std::vector<ScoredItem>>();
  return part;
}

// Writes what `work` ranks, or why it cannot.
template <class Work>
RankAnswer answer_of(Work work) {
  try {
    return {.ranked = work()};
  } catch (const DamagedError& error) {
    return {.damaged = error.what()};
  }
}

void add(RankAnswer& all, const RankAnswer& more) {
  if (all.damaged.empty()) all.damaged = more.damaged;
  append(all.ranked, more.ranked);
}

// Of a round: whole blocks, as many as most_scores allows, so that processes seldom wait for each other.
std::size_t cases_of_worker(std::size_t catalogue) {
  constexpr std::size_t most_blocks = 8;
  const std::size_t block = scoring_block(catalogue);
  return block * std::clamp<std::size_t>(most_scores / (block * std::max<std::size_t>(catalogue, 1)), 1, most_blocks);
}

/// One round after the other, with the same buffers.
class Rounds {
 public:
  explicit Rounds(const PartJob& job) : job_(job) {}

  /// Calls `take` with the cases of each round, in every process, until it returns false in process 0.
  template <class Take>
  void each(std::span<const EvaluationCase> cases, Take take) {
    engine::Communicator& processes = job_.processes;
    if (!processes.is_first()) {
      for (;;) {
        const std::vector<OwnedCase> owned = unpack_cases(Packed::receive(processes, Traffic::histories, 0));
        if (owned.empty()) return;
        take(std::span<const EvaluationCase>(views_of(owned)));
      }
    }
    const std::size_t at_once = cases_of_worker(job_.part.catalogue()) * processes.size() * job_.pool.size();
    bool goes_on = true;
    for (std::size_t begin = 0; begin < cases.size() && goes_on; begin += at_once) {
      const auto round = cases.subspan(begin, std::min(at_once, cases.size() - begin));
      if (!processes.is_alone()) pack_cases(round).send_to_others(processes, Traffic::histories);
      goes_on = take(round);
    }
    if (!processes.is_alone()) pack_cases({}).send_to_others(processes, Traffic::histories);
  }

  // Each process ranks among its own items; the answer is process 0's.
  RankAnswer rank_by_items(std::span<const EvaluationCase> round, const RankQuestion& question) {
    job_.part.score(job_.pool, round, scores_);
    CaseTargets targets = targets_of(round);
    share_scores(targets);
    const std::size_t first = job_.part.items()[job_.processes.rank()];
    std::vector<PartRanks> parts;
    parts.reserve(job_.processes.size());
    parts.push_back(rank_in_part(round, targets, scores_, first, question, job_.pool));
    if (!job_.processes.is_first()) {
      pack(parts.front()).send(job_.processes, Traffic::results, 0);
      return {};
    }
    for (std::size_t p = 1; p < job_.processes.size(); ++p) {
      parts.push_back(unpack_part(Packed::receive(job_.processes, Traffic::results, p)));
    }
    return answer_of([&] { return merged(attention_model, targets, parts, question); });
  }

  // Each process ranks its own cases, whose rows of scores it gets from all; the answer is process 0's.
  RankAnswer rank_by_rows(std::span<const EvaluationCase> round, const Blend& blend, const RankQuestion& question) {
    const std::span<const EvaluationCase> own = put_rows_together(round);
    const std::size_t block = scoring_block(job_.part.catalogue());
    std::vector<RankedCases> blocks((own.size() + block - 1) / block);
    std::vector<RankScratch> scratch(job_.pool.size());
    RankAnswer answer = answer_of([&] {
      job_.pool.run(blocks.size(), [&](std::size_t b, std::size_t worker) {
        const auto cases = own.subspan(b * block, std::min(block, own.size() - b * block));
        std::vector<History> histories;
        histories.reserve(cases.size());
        for (const EvaluationCase& one : cases) histories.push_back(one.history);
        const auto scores = engine::MatrixSpan<float>(rows_).rows_from(b * block, cases.size());
        mix_scores(blend, histories, scores);
        blocks[b] = rank_scored(attention_model, cases, scores, question, scratch[worker]);
      });
      RankedCases ranked;
      for (const RankedCases& ranked_block : blocks) append(ranked, ranked_block);
      return ranked;
    });
    if (!job_.processes.is_first()) {
      recsys::pack(answer).send(job_.processes, Traffic::results, 0);
      return {};
    }
    for (std::size_t p = 1; p < job_.processes.size(); ++p) {
      add(answer, unpack_answer(Packed::receive(job_.processes, Traffic::results, p)));
    }
    return answer;
  }

  // The same of the shares of targets, which process 0 appends.
  void add_shares(std::span<const EvaluationCase> round, std::vector<double>& all) {
    const std::span<const EvaluationCase> own = put_rows_together(round);
    std::vector<std::vector<double>> shares(own.size());
    std::vector<std::vector<double>> numerators(job_.pool.size());
    job_.pool.run(own.size(), [&](std::size_t c, std::size_t worker) {
      add_attention_shares(own[c], std::span<const float>(&rows_(c, 0), rows_.shape(1)), numerators[worker], shares[c]);
    });
    std::vector<double> flat;
    for (const std::vector<double>& one : shares) flat.insert(flat.end(), one.begin(), one.end());
    if (!job_.processes.is_first()) {
      Packed packed;
      packed.add_all(flat);
      return packed.send(job_.processes, Traffic::results, 0);
    }
    all.insert(all.end(), flat.begin(), flat.end());
    for (std::size_t p = 1; p < job_.processes.size(); ++p) {
      const auto more = Packed::receive(job_.processes, Traffic::results, p).take_all<std::vector<double>>();
      all.insert(all.end(), more.begin(), more.end());
    }
  }

 private:
  // Every target's score, which the process that has the item tells all others.
  void share_scores(CaseTargets& targets) {
    std::vector<std::size_t> order(targets.items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return targets.items[a] < targets.items[b]; });
    std::vector<std::size_t> case_of(targets.items.size());
    for (std::size_t c = 0; c + 1 < targets.offsets.size(); ++c) {
      std::fill(case_of.begin() + static_cast<std::ptrdiff_t>(targets.offsets[c]),
                case_of.begin() + static_cast<std::ptrdiff_t>(targets.offsets[c + 1]), c);
    }
    std::vector<ItemIndex> items;
    items.reserve(order.size());
    for (const std::size_t target : order) items.push_back(targets.items[target]);
    const engine::Bounds bounds = engine::bounds_in(job_.processes, job_.part.catalogue(), items);
    const std::size_t me = job_.processes.rank();
    std::vector<float> scores(items.size());
    for (std::size_t i = bounds[me]; i < bounds[me + 1]; ++i) {
      scores[i] = scores_(case_of[order[i]], items[i] - job_.part.items()[me]);
    }
    engine::gather_everywhere(job_.processes, Traffic::results, std::span<float>(scores), bounds);
    for (std::size_t i = 0; i < order.size(); ++i) targets.scores[order[i]] = scores[i];
  }

  // Fills rows_ (own cases, V); returns the own cases.
  std::span<const EvaluationCase> put_rows_together(std::span<const EvaluationCase> round) {
    job_.part.score(job_.pool, round, scores_);
    const engine::Bounds cases = job_.part.blocks_of(round.size());
    engine::exchange_rows(job_.processes, Traffic::logits, scores_, cases, job_.part.items(), rows_, packed_);
    const std::size_t me = job_.processes.rank();
    return round.subspan(cases[me], cases[me + 1] - cases[me]);
  }

  PartJob job_;
  engine::Matrix<float> scores_;  // (cases of the round, own items)
  engine::Matrix<float> rows_;    // (own cases, V)
  engine::Buffer<float> packed_;
};

}  // namespace

const RankedCases& RankAnswer::checked() const {
  if (!damaged.empty()) throw DamagedError(damaged);
  return ranked;
}

RankAnswer rank_by_parts(const PartJob& job, const Blend* blend, std::span<const EvaluationCase> cases,
                         RankQuestion question) {
  engine::broadcast_value(job.processes, Traffic::histories, question);
  const Blend shared = share_blend(job.processes, blend);
  RankAnswer all;
  all.ranked.model = attention_model;
  all.ranked.list_length = question.list_length;
  Rounds rounds(job);
  rounds.each(cases, [&](std::span<const EvaluationCase> round) {
    add(all,
        shared.parts.empty() ? rounds.rank_by_items(round, question) : rounds.rank_by_rows(round, shared, question));
    return all.damaged.empty();
  });
  return all;
}

std::vector<double> target_shares_by_parts(const PartJob& job, std::span<const EvaluationCase> cases) {
  std::vector<double> shares;
  Rounds rounds(job);
  rounds.each(cases, [&](std::span<const EvaluationCase> round) {
    rounds.add_shares(round, shares);
    return true;
  });
  return shares;
}

Packed pack_cases(std::span<const EvaluationCase> cases) {
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

std::vector<EvaluationCase> views_of(std::span<const OwnedCase> owned) {
  std::vector<EvaluationCase> cases;
  cases.reserve(owned.size());
  for (const OwnedCase& one : owned) {
    cases.push_back({.user = one.user, .history = {one.items, one.times}, .targets = one.targets});
  }
  return cases;
}

Packed pack(const RankAnswer& answer) {
  Packed packed;
  packed.add_all(answer.damaged);
  packed.add_all(answer.ranked.offsets);
  packed.add_all(answer.ranked.targets);
  packed.add_all(answer.ranked.ranks);
  packed.add_all(answer.ranked.list_offsets);
  packed.add_all(answer.ranked.lists);
  return packed;
}

RankAnswer unpack_answer(Packed packed) {
  RankAnswer answer{.damaged = packed.take_all<std::string>()};
  answer.ranked.offsets = packed.take_all<std::vector<std::size_t>>();
  answer.ranked.targets = packed.take_all<std::vector<ItemIndex>>();
  answer.ranked.ranks = packed.take_all<std::vector<std::uint32_t>>();
  answer.ranked.list_offsets = packed.take_all<std::vector<std::size_t>>();
  answer.ranked.lists = packed.take_all<std::vector<ScoredItem>>();
  return answer;
}

}  // namespace infodiet::recsys
