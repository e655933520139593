// Searches for settings in the database: what was tried, and how every trial validated. Knows no settings: they are
// texts here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// One trial of a search.
struct SearchTrial {
  std::string settings = {};      ///< "name=value,...", as for `train --set`
  std::vector<double> ndcg = {};  ///< validation NDCG@10, epoch by epoch
  double seconds = 0;             ///< trained
  bool finished = false;          ///< whether more epochs would change nothing
};

/// A search: what its trials have in common, and these.
struct Search {
  std::int64_t id = 0;             ///< given by the database
  std::int64_t created = 0;        ///< Unix seconds, given when stored
  std::string configuration = {};  ///< JSON
  std::uint64_t seed = 0;
  std::string data_fingerprint = {};
  std::string holdout = {};
  std::vector<SearchTrial> trials = {};  ///< from number 0
};

/// Stores a search with its trials, in one transaction. Returns it with its id and when it was created.
Search store_search(Database& db, Search search);

/// Replaces a trial of a stored search.
void update_trial(Database& db, std::int64_t search, std::size_t number, const SearchTrial& trial);

/// All of them, oldest first. Throws DamagedError for trials that are no such.
std::vector<Search> list_searches(const Database& db);

}  // namespace infodiet::recsys
