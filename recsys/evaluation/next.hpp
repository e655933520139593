// What came in since a model was trained, as questions to it: the plainest test there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "recsys/evaluation/examination.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// Pairs of a person and a new item, and how many of them are asked for.
struct NextPairs {
  std::size_t asked = 0;
  std::size_t repeated = 0;  ///< skipped: the person had the item already, where that is forbidden, or came to it twice
  std::size_t newcomers = 0;     ///< skipped: nothing was known of the person
  std::size_t other_events = 0;  ///< skipped: of other events than the one asked for
};

/// A case for each person of whom something was known when `model` read its data and who has consumed something since:
/// the history of then, and the new items, or those of `event`. What baselines are counted from is all that was known
/// then. Throws DataError if the model does not say how far its data went, or if nothing to ask for came in since.
Examination examine_next(const Database& db, const ModelRecord& model, const std::optional<std::string>& event,
                         NextPairs& pairs);

}  // namespace infodiet::recsys
