#include "recsys/store/searches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

std::vector<SearchTrial> trials_of(const Database& db, std::int64_t search) {
  Statement query = db.prepare(
      "SELECT trial, settings, ndcg, seconds, finished FROM search_trials WHERE search_id = ? ORDER BY trial");
  query.bind(search);
  std::vector<SearchTrial> trials;
  while (query.step()) {
    const auto json = engine::parse_json<nlohmann::json>(query.text(2));
    const bool sound = query.integer(0) == static_cast<std::int64_t>(trials.size()) && json.is_array() &&
                       std::all_of(json.begin(), json.end(), [](const auto& one) { return one.is_number(); });
    if (!sound) {
      throw DamagedError(
          fmt::format("{}: trial {} of search {} does not make sense: restore a copy, or delete the row "
                      "of the search from the table searches",
                      db.path(), query.integer(0), search));
    }
    trials.push_back({.settings = std::string(query.text(1)),
                      .ndcg = json.get<std::vector<double>>(),
                      .seconds = query.real(3),
                      .finished = query.integer(4) != 0});
  }
  return trials;
}

}  // namespace

Search store_search(Database& db, Search search) {
  search.created = static_cast<std::int64_t>(std::time(nullptr));
  Transaction transaction(db);
  db.prepare("INSERT INTO searches (created, configuration, seed, data_fingerprint, holdout) VALUES (?, ?, ?, ?, ?)")
      .run(search.created, search.configuration, std::bit_cast<std::int64_t>(search.seed), search.data_fingerprint,
           search.holdout);
  search.id = db.last_insert_id();
  for (std::size_t trial = 0; trial < search.trials.size(); ++trial)
    update_trial(db, search.id, trial, search.trials[trial]);
  transaction.commit();
  return search;
}

void update_trial(Database& db, std::int64_t search, std::size_t number, const SearchTrial& trial) {
  Transaction transaction(db);
  db.prepare(
        "INSERT INTO search_trials (search_id, trial, settings, ndcg, seconds, finished) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (search_id, trial) DO UPDATE SET ndcg = excluded.ndcg, seconds = excluded.seconds,"
        " finished = excluded.finished")
      .run(search, static_cast<std::int64_t>(number), trial.settings, engine::json_text(nlohmann::json(trial.ndcg)),
           trial.seconds, static_cast<std::int64_t>(trial.finished));
  transaction.commit();
}

std::vector<Search> list_searches(const Database& db) {
  std::vector<Search> searches;
  Statement query =
      db.prepare("SELECT id, created, configuration, seed, data_fingerprint, holdout FROM searches ORDER BY id");
  while (query.step()) {
    searches.push_back({.id = query.integer(0),
                        .created = query.integer(1),
                        .configuration = std::string(query.text(2)),
                        .seed = std::bit_cast<std::uint64_t>(query.integer(3)),
                        .data_fingerprint = std::string(query.text(4)),
                        .holdout = std::string(query.text(5)),
                        .trials = trials_of(db, query.integer(0))});
  }
  return searches;
}

}  // namespace infodiet::recsys
