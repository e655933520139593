#include "tools/export/slates.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/slates.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

namespace {

/// The external ids of items and people.
class Names {
 public:
  explicit Names(const recsys::Database& db) {
    for (const recsys::Item& item : recsys::list_items(db)) items_.emplace(item.id, item.key);
    for (const recsys::User& user : recsys::list_users(db)) users_.emplace(user.id, user.key);
  }

  std::string item(double name, recsys::SlateNames names) const {
    if (names == recsys::SlateNames::items) {
      const auto found = items_.find(static_cast<std::int64_t>(name));
      if (found != items_.end()) return found->second;
    }
    return fmt::format("{}", name);
  }
  std::string user(const recsys::KeptSlate& slate) const {
    const auto found = slate.user ? users_.find(*slate.user) : users_.end();
    return found == users_.end() ? std::string() : found->second;
  }
  /// A JSON array: ids may hold blanks.
  std::string list(std::span<const double> all, recsys::SlateNames names) const {
    Json list = Json::array();
    for (const double one : all) list.push_back(item(one, names));
    return engine::json_text(list);
  }

 private:
  std::map<std::int64_t, std::string> items_;
  std::map<std::int64_t, std::string> users_;
};

std::string numbers(std::span<const double> all) {
  return all.empty() ? std::string() : engine::json_text(Json(std::vector<double>(all.begin(), all.end())));
}

}  // namespace

std::size_t export_slates(const std::filesystem::path& path, const recsys::Database& db, recsys::CellText text) {
  const Names names(db);
  recsys::CsvFile file(path,
                       "log,policy,version,ordered,session,step,user,time,candidates,slate,probability,"
                       "rank_probabilities,prefix_probabilities,chosen,reward",
                       {.text = text});
  std::size_t rows = 0;
  for (const recsys::SlateLogSize& size : recsys::list_slate_logs(db)) {
    const recsys::SlateLog& log = size.log;
    recsys::read_slates(db, log.id, [&](const recsys::KeptSlate& slate) {
      file.number(log.id).text(log.policy).text(log.version).number(log.ordered ? 1 : 0);
      file.number(slate.session).number(slate.step).text(names.user(slate));
      slate.time ? file.number(*slate.time) : file.empty();
      file.text(names.list(slate.candidates, log.names)).text(names.list(slate.slate, log.names));
      slate.probability ? file.number(*slate.probability) : file.empty();
      file.text(numbers(slate.rank_probabilities)).text(numbers(slate.prefixes));
      slate.chosen ? file.text(names.item(slate.slate[*slate.chosen], log.names)) : file.empty();
      file.number(slate.reward);
      file.end_row();
      ++rows;
    });
  }
  file.commit();
  return rows;
}

}  // namespace infodiet::tools
