// Recommendations for all users at once. Those of one person, with reasons, are in rl/answers.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "engine/parallel.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/ranking/top_k.hpp"

namespace infodiet::recsys {

/// Length and contents of the lists.
struct ListRules {
  std::size_t k = 10;
  Repeats repeats = Repeats::forbid;     ///< whether a list may contain items of the user's history
  std::span<const std::uint8_t> mask{};  ///< as in Allowed
};

/// Calls `visit(user, list)` for every user of `data`, in order, on the calling thread: the best items that the rules
/// allow and that the user did not rate low, best first, ties by index. The list lives until `visit` returns. Holds few
/// lists at a time.
void batch_recommend(const Recommender& model, const Dataset& data, const ListRules& rules, engine::ThreadPool& pool,
                     const std::function<void(std::size_t user, std::span<const ScoredItem> list)>& visit);

}  // namespace infodiet::recsys
