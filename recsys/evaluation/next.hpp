// Evaluation on what was added since the model was trained.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "recsys/evaluation/examination.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// Counts of new pairs of a person and an item.
struct NextPairs {
  std::size_t asked = 0;
  std::size_t repeated = 0;      ///< skipped: repeats are forbidden and the person had the item, or it occurs twice
  std::size_t newcomers = 0;     ///< skipped: the person had no history
  std::size_t other_events = 0;  ///< skipped: of other events than the one asked for
};

/// A case for each person who had a history when `model` read its data and has consumed something since: that history,
/// and the new items (those of `event`, if given). Baselines train on what was known then. Throws DataError if the
/// model does not record how far its data went, or if there is no new target.
Examination examine_next(const Database& db, const ModelRecord& model, const std::optional<std::string>& event,
                         NextPairs& pairs);

}  // namespace infodiet::recsys
