#include "tools/cli/history_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tools/cli/options.hpp"
#include "tools/cli/suggest.hpp"

namespace infodiet::tools {

namespace {

// "; did you mean 'reader-1'?", or, where nothing is like it, an id there is.
std::string hint(const recsys::Database& db, const char* table, const std::string& key) {
  std::vector<std::string> keys;
  recsys::Statement query = db.prepare(fmt::format("SELECT key FROM {} ORDER BY id", table));
  while (query.step()) keys.emplace_back(query.text(0));
  const std::string like = suggestion(key, keys);
  if (!like.empty() || keys.empty()) return like;
  return fmt::format("; ids are those they were imported with, such as '{}'", keys.front());
}

}  // namespace

ResolvedHistory resolve_history(const recsys::Database& db, const std::optional<std::string>& user,
                                const std::optional<std::string>& given) {
  ResolvedHistory resolved;
  if (user) resolved.user_id = recsys::find_user(db, *user);
  resolved.catalogue = resolved.user_id ? recsys::load_user(db, *resolved.user_id) : recsys::load_catalogue(db);
  const recsys::History stored = resolved.catalogue.history(0);
  resolved.items.assign(stored.items.begin(), stored.items.end());
  resolved.times.assign(stored.times.begin(), stored.times.end());
  if (given) {
    for (const std::string& key : split_list(*given)) {
      resolved.items.push_back(require_item(db, resolved.catalogue, key, "--history"));
    }
  }
  if (!resolved.times.empty()) resolved.times.resize(resolved.items.size(), resolved.times.back());
  return resolved;
}

recsys::ItemIndex require_item(const recsys::Database& db, const recsys::Dataset& catalogue, const std::string& key,
                               const std::string& option) {
  const std::optional<std::int64_t> id = recsys::find_item(db, key);
  if (!id) {
    throw recsys::DataError(
        fmt::format("{}: there is no item '{}' in {}{}", option, key, db.path(), hint(db, "items", key)));
  }
  const auto found = std::lower_bound(catalogue.item_ids.begin(), catalogue.item_ids.end(), *id);
  return static_cast<recsys::ItemIndex>(found - catalogue.item_ids.begin());
}

std::int64_t require_user(const recsys::Database& db, const std::string& key) {
  const std::optional<std::int64_t> id = recsys::find_user(db, key);
  if (!id) throw_unknown_user(db, key);
  return *id;
}

void throw_unknown_user(const recsys::Database& db, const std::string& key) {
  throw recsys::DataError(fmt::format("--user: there is no user '{}' in {}{}", key, db.path(), hint(db, "users", key)));
}

}  // namespace infodiet::tools
