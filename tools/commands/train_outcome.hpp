// What `train` prints when it is done.
#pragma once

#include <optional>
#include <vector>

#include "recsys/store/searches.hpp"
#include "tools/commands/train_session.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// A model, as it was trained and stored.
struct Trained {
  Ending ending = Ending::finished;
  std::vector<recsys::Course> courses = {};  ///< of its members
  Outcome outcome = {};

  const recsys::Course& course() const { return courses.back(); }
};

/// What came of one command.
struct TrainingOutcome {
  Trained trained = {};
  std::optional<Trained> refit = {};          ///< trained after it, with --refit
  std::optional<recsys::Search> search = {};  ///< made before it, with --search

  /// Whether there is a model that knows the validation items.
  bool is_refit() const { return refit && refit->ending == Ending::finished; }
};

/// What the model does not know once it was trained with the validation items.
recsys::Holdout refitted(recsys::Holdout holdout);

/// As text or JSON; `identity` is that of the trained model.
void print_outcome(const Console& console, const recsys::RunIdentity& identity, const TrainingOutcome& outcome);

}  // namespace infodiet::tools
