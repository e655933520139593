// Why an item is not among the first for somebody: where it stands, what is missing, what speaks against it.
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

/// An item that is like the one asked about: what its score would gain, and its rank be, had that been consumed last.
struct Lift {
  recsys::ItemIndex item;
  double gain;
  std::size_t rank;
};

struct WhyNot {
  std::string model;
  float score = 0;
  std::optional<double> chance{};  ///< as Pick has it
  bool dated = false;              ///< whether times are of a clock
  std::string never{};             ///< why no list holds it, whatever its score, or empty
  std::size_t rank = 0;            ///< from 1, among the items that lists may hold and itself
  std::size_t among = 0;           ///< so many
  std::size_t length = 0;          ///< of the list that it is asked about: ten, or what there is
  recsys::ScoredItem last{};       ///< the last of that list
  std::vector<Lift> missing{};     ///< most gain first; none that gains nothing
  std::vector<Grounds> against{};  ///< as Explanation has it
};

/// Up to `count` rows of `missing` and of `against`; nothing else depends on it. Throws as explain does.
WhyNot why_not(const View& view, engine::ThreadPool& pool, const Profile& profile, recsys::ItemIndex item,
               std::size_t count);

}  // namespace infodiet::rl
