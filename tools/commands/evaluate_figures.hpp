// The figures of `evaluate`: of every model on the same cases, as tables and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "recsys/evaluation/bootstrap.hpp"
#include "recsys/evaluation/examination.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/next.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "rl/answers/list_qualities.hpp"
#include "tools/commands/evaluate_audit.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// The metrics that tables show.
inline constexpr recsys::Metric shown_metrics[] = {recsys::Metric::hit_rate, recsys::Metric::ndcg, recsys::Metric::mrr};
/// The k of the NDCG@k by which models are compared.
inline constexpr std::size_t compared_k = 10;

/// A model's results.
struct Examined {
  recsys::RankedCases ranked;
  std::vector<double> compared;  ///< NDCG@10, case by case
};

/// How much better the first model is than the second.
struct Difference {
  std::string first;
  std::string second;
  recsys::Interval interval;
};

/// The results of one examination, to which it refers.
struct Figures {
  const recsys::Examination& examination;
  const rl::ListQualities& qualities;
  std::vector<Examined> models = {};
  std::vector<Difference> differences = {};
  std::optional<recsys::NextPairs> next = {};
  std::optional<Audit> audit = {};
  std::vector<std::size_t> cutoffs = {};
  std::size_t balanced = 0;  ///< how many of the models, at the end, are balanced lists of the one before them
};

Json to_json(const Figures& figures);
void print_figures(const Figures& figures, const Console& console);
/// Two examinations side by side, a row for each model.
void print_side_by_side(const Figures& left, const Figures& right, const Console& console);

}  // namespace infodiet::tools
