// The data for the sections of a report, loaded once: the data set, a person, the published model, stored runs.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/store/database.hpp"
#include "rl/answers/diet.hpp"
#include "rl/answers/view.hpp"
#include "rl/runs/run_store.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools::report {

/// The person of the report.
struct Person {
  rl::Profile profile;
  std::int64_t id = 0;   ///< in the database
  std::string chosen{};  ///< why this person, in one sentence
  rl::DietLabel label;
};

/// A stored run with its texts read.
struct Run {
  std::int64_t id = 0;
  std::string command;
  std::string environment;
  std::uint64_t seed = 0;
  std::vector<std::string> policies;
  std::vector<std::string> settings;  ///< "name=value"
  std::uint32_t sessions_each = 1;
  std::size_t users = 0;
  std::optional<std::string> sweep;  ///< "term=from:to:step"
  bool weeks = false;                ///< weeks rather than single sessions
  std::string lesson{};              ///< name of the lesson, or empty
  Json reward;                       ///< weights by term, or null
  Json metrics;
};

/// What sections read.
struct Source {
  const recsys::Database& db;
  engine::ThreadPool& pool;
  std::uint64_t seed;
  const rl::View& view;
  std::optional<Person> person;  ///< null if nobody has consumed anything
  std::vector<Run> runs;
};

/// The requested runs.
struct Chosen {
  std::optional<std::string> user{};
  std::vector<std::int64_t> runs{};
};
/// `view` belongs to `db`. `user` is the key of the person; by default the first with a history nearest the median
/// length. `runs` are ids; by default the latest run of each environment, its latest sweep, its latest weeks and the
/// latest of each lesson. Throws DataError for a user or run that is not stored and a user without a history,
/// DamagedError.
Source load_source(const recsys::Database& db, const rl::View& view, engine::ThreadPool& pool, std::uint64_t seed,
                   const Chosen& chosen);

/// `text` as a JSON object. Throws DamagedError naming `what` it belongs to.
Json stored_object(const std::string& text, const std::string& what);

/// A person's name in texts: "user 86" if the key is a number, else the key.
std::string name_of(const rl::Profile& profile);

/// "58 %" of a share in [0, 1].
std::string percent(double share);
/// "40,055".
std::string grouped(std::size_t count);
/// `text` with a capital first letter, if that is ASCII.
std::string capitalised(std::string text);

}  // namespace infodiet::tools::report
