// Small named texts that belong to the file as a whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

std::optional<std::string> get_setting(const Database& db, std::string_view key);
void set_setting(Database& db, std::string_view key, std::string_view value);
/// Nothing happens where there is none.
void delete_setting(Database& db, std::string_view key);

}  // namespace infodiet::recsys
