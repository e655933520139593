// Named texts about the file as a whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// The text of a key, if there is one.
std::optional<std::string> get_setting(const Database& db, std::string_view key);
/// Sets or replaces it.
void set_setting(Database& db, std::string_view key, std::string_view value);
/// Deletes it, if there is one.
void delete_setting(Database& db, std::string_view key);

}  // namespace infodiet::recsys
