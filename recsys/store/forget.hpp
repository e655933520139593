// Forgetting a person, so that nothing in the file tells of them any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// How much went with a person.
struct Forgotten {
  std::int64_t interactions = 0;
  std::int64_t sessions = 0;
  std::int64_t steps = 0;
  std::int64_t rejects = 0;
  std::int64_t models_marked = 0;  ///< trained with the person's interactions: they stay, and say so from now on
};

/// Deletes the user of that key with their interactions, sessions and steps, and every rejected row whose text or
/// reason holds the key; adds one to `forgotten_users` of every model that was made since their interactions came in.
/// What is deleted is overwritten, the file rebuilt and the write-ahead log emptied, so that the bytes of a key that is
/// part of nothing else are nowhere in the file. Items keep their keys. Returns nothing if there is no such user.
/// Throws SqliteError, and Error if another process keeps the log from being emptied: all is deleted then, but old
/// pages stay in the log until that process closes the file.
std::optional<Forgotten> forget_user(Database& db, std::string_view key);

}  // namespace infodiet::recsys
