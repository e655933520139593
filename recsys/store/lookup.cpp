#include "recsys/store/lookup.hpp"

#include <fmt/format.h>

#include <vector>

#include "recsys/store/catalogue.hpp"
#include "recsys/suggest.hpp"

namespace infodiet::recsys {

DataError unknown_id(const std::string& where, const std::string& kind, const std::string& key, const std::string& path,
                     std::span<const std::string> keys) {
  std::string hint = suggestion(key, keys);
  if (hint.empty() && !keys.empty()) {
    hint = fmt::format("; ids are those they were imported with, such as '{}'", keys.front());
  }
  return DataError(fmt::format("{}: there is no {} '{}' in {}{}", where, kind, key, path, hint));
}

DataError unknown_user(const Database& db, const std::string& key, const std::string& where) {
  std::vector<std::string> keys;
  for (User& user : list_users(db)) keys.push_back(std::move(user.key));
  return unknown_id(where, "user", key, db.path(), keys);
}

std::int64_t require_user(const Database& db, const std::string& key, const std::string& where) {
  const std::optional<std::int64_t> id = find_user(db, key);
  if (!id) throw unknown_user(db, key, where);
  return *id;
}

}  // namespace infodiet::recsys
