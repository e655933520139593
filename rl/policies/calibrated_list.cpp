#include "rl/policies/calibrated_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rl/diet/items.hpp"
#include "rl/policies/rerank.hpp"

namespace infodiet::rl {

namespace {

constexpr std::size_t fewest_candidates = 100;
constexpr std::size_t candidates_a_rank = 10;

Candidate candidate_of(recsys::ItemIndex item, double score, const recsys::ItemTopics& topics) {
  return {.item = item, .score = score, .topics = topics.of(item)};
}

}  // namespace

std::vector<double> history_interest(const recsys::History& history, const recsys::ItemTopics& topics,
                                     ListWeights weights) {
  std::vector<Candidate> taken;
  for (const recsys::ItemIndex item : history.items) taken.push_back(candidate_of(item, 0, topics));
  return topic_shares(taken, topics.names.size(), weights).value_or(std::vector<double>{});
}

std::size_t BalanceOptions::candidates() const {
  return std::max(fewest_candidates, candidates_a_rank * length);
}

std::vector<recsys::ScoredItem> calibrated_list(std::span<const recsys::ScoredItem> best,
                                                const recsys::History& history, const recsys::ItemTopics& topics,
                                                const BalanceOptions& options) {
  const std::size_t length = std::min(options.length, best.size());
  const std::vector<double> interest = history_interest(history, topics);
  if (interest.empty()) return {best.begin(), best.begin() + static_cast<std::ptrdiff_t>(length)};
  std::vector<Candidate> candidates;
  for (const recsys::ScoredItem& scored : best) {
    candidates.push_back(candidate_of(scored.item, static_cast<double>(scored.score), topics));
  }
  std::vector<Position> slate(length);
  calibrated_slate(candidates, interest, options.weight, slate);
  std::vector<recsys::ScoredItem> list;
  list.reserve(slate.size());
  for (const Position position : slate) list.push_back(best[position]);
  return list;
}

CalibratedRecommender::CalibratedRecommender(const recsys::Recommender& inner, const recsys::ItemTopics& topics,
                                             const BalanceOptions& options)
    : inner_(inner), topics_(topics), options_(options) {}

std::string CalibratedRecommender::name() const {
  return fmt::format("{} diet={:g}", inner_.name(), options_.weight);
}

void CalibratedRecommender::score(std::span<const recsys::History> histories, engine::MatrixSpan<float> scores) const {
  inner_.score(histories, scores);
  recsys::TopK best;
  for (std::size_t b = 0; b < histories.size(); ++b) {
    const std::span<float> row(scores.row(b), scores.cols);
    const std::span<const recsys::ScoredItem> candidates =
        recsys::top_k(row, {.excluded = recsys::left_out(options_.repeats, histories[b])}, options_.candidates(), best);
    const std::vector<recsys::ScoredItem> list = calibrated_list(candidates, histories[b], topics_, options_);
    const float highest = *std::max_element(row.begin(), row.end());
    for (std::size_t i = 0; i < list.size(); ++i) row[list[i].item] = highest + static_cast<float>(list.size() - i);
  }
}

}  // namespace infodiet::rl
