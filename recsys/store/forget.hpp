// Forgetting a person, so that nothing in the file tells of them any more, and knowing what else still does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"
#include "recsys/store/outputs.hpp"

namespace infodiet::recsys {

/// How much went with a person, and what remembers them still.
struct Forgotten {
  std::int64_t interactions = 0;
  std::int64_t sessions = 0;
  std::int64_t steps = 0;
  std::int64_t slates = 0;
  std::int64_t rejects = 0;
  std::int64_t models_marked = 0;        ///< made with the person's interactions: they say so from now on
  std::int64_t checkpoints_deleted = 0;  ///< made with them: a training that goes on could only make such models
  std::vector<Output> outputs = {};      ///< files written since their interactions came in that are still there
};

/// Deletes the user of that key with their interactions, sessions, steps and kept slates, every rejected row that is
/// theirs or holds the key, and every path or command that holds it; adds one to `forgotten_users` of every model that
/// was made since their interactions came in, and deletes what of those can neither recommend nor be needed:
/// checkpoints, and the tensors of retired models. Then what is deleted is overwritten, the file rebuilt and the
/// write-ahead log emptied, so that the bytes of a key that is part of nothing else are nowhere in the file. Items keep
/// their keys. Returns nothing if there is no such user.
///
/// Whenever the process ends, the person is there as before or gone; in that case whoever next opens the file to write
/// finishes the rest (finish_forgetting). Throws SqliteError, and Error if the rest cannot be done now.
std::optional<Forgotten> forget_user(Database& db, std::string_view key);

/// Whether a person is gone of whom the file may still hold bytes that nothing refers to.
bool is_forgetting_unfinished(const Database& db);

/// Does what is left of forgetting, if anything is; returns whether it was. Where another process prevents it, or the
/// disk is full, it stays to be done. Database calls it for whoever opens a file to write.
bool finish_forgetting(Database& db);

/// How many people have been forgotten in this file. Whoever reads data to make a model of remembers it, and so do
/// models: see ModelRecord::forgets.
std::int64_t count_forgets(const Database& db);

}  // namespace infodiet::recsys
