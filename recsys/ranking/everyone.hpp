// Everyone's recommendations in one go. One person's, with reasons, are the recommend command's business.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "engine/parallel.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/ranking/top_k.hpp"

namespace infodiet::recsys {

/// Calls `visit(user, list)` for every user of `data`, in order, on the calling thread: the k best items that are not
/// in the user's history, best first, ties by index. The list lives until `visit` returns. Keeps few lists at a time.
void recommend_to_everyone(const Recommender& model, const Dataset& data, std::size_t k, engine::ThreadPool& pool,
                           const std::function<void(std::size_t user, std::span<const ScoredItem> list)>& visit);

}  // namespace infodiet::recsys
