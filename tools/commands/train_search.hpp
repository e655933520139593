// `train --search N`: trains draws of settings rung by rung, and keeps in the file how each went.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "recsys/attention/training_spec.hpp"
#include "recsys/store/searches.hpp"
#include "tools/commands/train_session.hpp"

namespace infodiet::tools {

/// What a search found.
struct Found {
  Ending ending = Ending::finished;
  recsys::Search search = {};            ///< as it is stored now
  std::optional<std::size_t> best = {};  ///< the trial; nothing if none completed an epoch
  recsys::TrainingSpec settings = {};    ///< of it
  std::string checkpoint = {};           ///< the name of its checkpoint
};

/// Draws `trials` settings (recsys/attention/search.hpp) and trains them by successive halving, within the task's time;
/// `task` is what they have in common, `fixed` the settings that are not drawn. Resumes as the task does. The best
/// trial's checkpoint stays. Throws DataError if nobody has an item to validate on, or if what is to be resumed is
/// another search.
Found search_settings(recsys::Database& db, engine::ThreadPool& pool, const TrainingTask& task, std::size_t trials,
                      std::span<const std::string> fixed, const Console& console);

}  // namespace infodiet::tools
