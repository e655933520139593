// Ranking metrics, case by case: pure functions of the targets' ranks.
//
// A case has R relevant items, its distinct targets, with ranks r_1 < ... < r_R from 1 over the whole catalogue; H is
// the number of ranks up to k. The definitions are trec_eval's (success_k, recall_k, P_k, ndcg_cut_k, recip_rank,
// map_cut_k) for binary relevance. With one target recall@k = hr@k and map@k = mrr@k.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// A metric at k, with its name in tables and JSON.
enum class Metric {
  hit_rate,   ///< "hr": 1 if H > 0, else 0
  recall,     ///< "recall": H / R
  precision,  ///< "precision": H / k, even if the catalogue has fewer than k items
  ndcg,       ///< "ndcg": sum over r_j <= k of 1 / log2(r_j + 1), over the same sum for ranks 1, 2, ..., min(R, k)
              ///< (Jarvelin & Kekalainen, TOIS 2002)
  mrr,        ///< "mrr": 1 / r_1 if r_1 <= k, else 0 (Voorhees, TREC-8)
  map,        ///< "map": 1 / R times the sum over r_j <= k of j / r_j (Buckley & Voorhees, SIGIR 2000)
};

/// All metrics, in the order of tables.
inline constexpr Metric all_metrics[] = {Metric::hit_rate, Metric::recall, Metric::precision,
                                         Metric::ndcg,     Metric::mrr,    Metric::map};

/// The key of tables and of JSON: "ndcg@10".
std::string metric_key(Metric metric, std::size_t k);

/// The metric of one case, in [0, 1]. Throws Error if `ranks` is empty or k is 0.
double metric_at(Metric metric, std::span<const std::uint32_t> ranks, std::size_t k);

/// (C) metric_at of each case.
std::vector<double> metric_per_case(Metric metric, const RankedCases& cases, std::size_t k);

/// The mean over cases, which is the mean over users. Throws DataError if there is none.
double mean(std::span<const double> values);

}  // namespace infodiet::recsys
