// Forgetting a person: removes every trace of them from the file, and lists what else may still contain them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"
#include "recsys/store/outputs.hpp"

namespace infodiet::recsys {

/// What was deleted with a person, and what still remembers them.
struct Forgotten {
  std::int64_t interactions = 0;
  std::int64_t sessions = 0;
  std::int64_t steps = 0;
  std::int64_t slates = 0;
  std::int64_t rejects = 0;
  std::int64_t models_marked = 0;        ///< trained with the person's interactions, and now marked
  std::int64_t checkpoints_deleted = 0;  ///< trained with them, so that resuming would make such models
  std::vector<Output> outputs = {};      ///< existing files written since their interactions were added
};

/// Deletes the user of that key with their interactions, sessions, steps and kept slates, every rejected row that is
/// theirs or contains the key, and every path or command that contains it. Adds one to `forgotten_users` of every model
/// made since their interactions were added, and deletes what cannot recommend: checkpoints, and the tensors of retired
/// models. Then overwrites what was deleted, rebuilds the file and empties the write-ahead log, so that no bytes of the
/// key remain unless it is part of something else. Items keep their keys. Returns nothing if there is no such user.
/// If the process is killed, the person is either unchanged or gone; if gone, the next Database opened for writing
/// finishes the rest (finish_forgetting). Throws SqliteError, and Error if the rest cannot be done now.
std::optional<Forgotten> forget_user(Database& db, std::string_view key);

/// Whether unused pages may still hold bytes of a forgotten person.
bool is_forgetting_unfinished(const Database& db);

/// Finishes an interrupted forgetting, if there is one; returns whether there was. If another process prevents it, or
/// the disk is full, it remains unfinished. Database calls it when it opens a file for writing.
bool finish_forgetting(Database& db);

/// How many people have been forgotten in this file. Models record it with their data: see ModelRecord::forgets.
std::int64_t count_forgets(const Database& db);

}  // namespace infodiet::recsys
