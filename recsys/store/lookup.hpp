// From external ids to ours, with helpful errors for unknown ones.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "recsys/errors.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// "`where`: there is no `kind` '...' in `path`; did you mean '...'?", or, if no id of `keys` is near, one of them as
/// an example.
DataError unknown_id(const std::string& where, const std::string& kind, const std::string& key, const std::string& path,
                     std::span<const std::string> keys);

/// The same for a topic, where `name` may be a part of a path, or a path whose last step is a topic.
DataError unknown_topic(const std::string& where, const std::string& name, const std::string& path,
                        std::span<const std::string> names);

/// The same for a user of the file.
DataError unknown_user(const Database& db, const std::string& key, const std::string& where);

/// The id of the user with that key. Throws unknown_user if there is none.
std::int64_t require_user(const Database& db, const std::string& key, const std::string& where);

}  // namespace infodiet::recsys
