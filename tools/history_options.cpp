#include "tools/history_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tools/options.hpp"

namespace infodiet::tools {

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
    throw recsys::DataError(fmt::format(
        "{}: there is no item '{}' in {}; items are named by the ids they were imported with", option, key, db.path()));
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
  throw recsys::DataError(fmt::format(
      "--user: there is no user '{}' in {}; users are named by the ids they were imported with", key, db.path()));
}

}  // namespace infodiet::tools
