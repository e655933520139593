// Why an item is not in somebody's list: its rank, what is missing, what counts against it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/ranking/top_k.hpp"
#include "rl/answers/explain.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// An item similar to the one in question: the gain of the latter's score, and its rank, had the similar item been
/// consumed last.
struct Lift {
  recsys::ItemIndex item;
  double gain;
  std::size_t rank;
};

/// The answer.
struct WhyNot {
  std::string model;
  float score = 0;
  std::optional<double> chance{};  ///< as in Pick
  bool dated = false;              ///< whether times are real
  std::string never{};             ///< why no list contains it, whatever its score, or empty
  std::size_t rank = 0;            ///< from 1, among the items that lists may contain and itself
  std::size_t among = 0;           ///< number of those items
  std::size_t length = 0;          ///< length of the list in question: ten, or fewer if there are fewer
  recsys::ScoredItem last{};       ///< the last item of that list
  std::vector<Lift> missing{};     ///< largest gain first, positive ones only
  std::vector<Grounds> against{};  ///< as in Explanation
};

/// Explains the rank, with up to `count` rows of `missing` and of `against`; nothing else depends on `count`. Throws as
/// explain does.
WhyNot why_not(const View& view, engine::ThreadPool& pool, const Profile& profile, recsys::ItemIndex item,
               std::size_t count);

}  // namespace infodiet::rl
