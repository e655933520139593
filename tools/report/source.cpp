#include "tools/report/source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools::report {

namespace {

/// The user whose history is nearest the median length, the first of several; nothing if nobody has one.
std::optional<std::size_t> median_reader(const recsys::Dataset& data) {
  std::vector<std::size_t> lengths;
  for (std::size_t u = 0; u < data.users(); ++u) {
    if (data.history(u).size() > 0) lengths.push_back(data.history(u).size());
  }
  if (lengths.empty()) return std::nullopt;
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  const std::size_t median = *middle;
  const auto distance = [&](std::size_t u) {
    const std::size_t length = data.history(u).size();
    return length > median ? length - median : median - length;
  };
  std::size_t nearest = 0;
  for (std::size_t u = 0; u < data.users(); ++u) {
    if (data.history(u).size() == 0) continue;
    if (data.history(nearest).size() == 0 || distance(u) < distance(nearest)) nearest = u;
  }
  return nearest;
}

Person person_of(const rl::View& view, engine::ThreadPool& pool, const std::string& key, std::string chosen) {
  rl::Profile profile = view.stored_profile(key, "--user");
  if (profile.items.empty()) {
    throw recsys::DataError(fmt::format("user '{}' has consumed nothing yet, so there is nothing to report", key));
  }
  rl::DietLabel label = rl::diet_label(view, pool, profile);
  std::size_t user = 0;
  while (view.users()[user] != key) ++user;
  return {.profile = std::move(profile),
          .id = view.histories().user_ids[user],
          .chosen = std::move(chosen),
          .label = std::move(label)};
}

std::optional<Person> some_person(const rl::View& view, engine::ThreadPool& pool) {
  const std::optional<std::size_t> reader = median_reader(view.histories());
  if (!reader) return std::nullopt;
  return person_of(
      view, pool, std::string(view.users()[*reader]),
      fmt::format("Chosen because a history of {} items is the median here; --user ID shows somebody else.",
                  view.histories().history(*reader).size()));
}

Run read_run(const rl::StoredRun& stored) {
  const std::string what = fmt::format("run {}", stored.id);
  const Json configuration = stored_object(stored.record.configuration, what);
  try {
    Run run{.id = stored.id,
            .command = stored.record.command,
            .environment = stored.record.environment,
            .seed = stored.record.seed,
            .policies = engine::require_json<Json>(stored.record.policies).get<std::vector<std::string>>(),
            .settings = configuration.at("settings").get<std::vector<std::string>>(),
            .sessions_each = configuration.at("sessions").get<std::uint32_t>(),
            .users = configuration.at("users").get<std::size_t>(),
            .sweep = {},
            .reward = engine::require_json<Json>(stored.record.reward),
            .metrics = stored_object(stored.metrics, what)};
    run.weeks = configuration.contains("weeks");
    run.lesson = run.metrics.value("lesson", std::string());
    if (configuration.at("sweep").is_string()) run.sweep = configuration["sweep"].get<std::string>();
    return run;
  } catch (const nlohmann::json::exception& error) {
    throw recsys::DamagedError(fmt::format("{}: its record cannot be read: {}", what, error.what()));
  }
}

std::vector<Run> chosen_runs(const recsys::Database& db, std::span<const std::int64_t> ids) {
  const std::vector<rl::StoredRun> stored = rl::list_runs(db);
  std::vector<Run> runs;
  if (ids.empty()) {
    for (const rl::StoredRun& one : stored) {
      Run run = read_run(one);
      std::erase_if(runs, [&](const Run& before) {
        return before.environment == run.environment && before.sweep.has_value() == run.sweep.has_value() &&
               before.weeks == run.weeks && before.lesson == run.lesson;
      });
      runs.push_back(std::move(run));
    }
    return runs;
  }
  for (const std::int64_t id : ids) {
    const auto at = std::find_if(stored.begin(), stored.end(), [&](const rl::StoredRun& run) { return run.id == id; });
    if (at == stored.end()) {
      const std::string known = stored.empty() ? std::string("none is stored; make one with 'infodiet simulate'")
                                               : fmt::format("{} to {} are", stored.front().id, stored.back().id);
      throw recsys::DataError(fmt::format("--run: no run {} is stored in {}: {}", id, db.path(), known));
    }
    runs.push_back(read_run(*at));
  }
  return runs;
}

}  // namespace

Source load_source(const recsys::Database& db, const rl::View& view, engine::ThreadPool& pool, std::uint64_t seed,
                   const Chosen& chosen) {
  std::vector<Run> runs = chosen_runs(db, chosen.runs);
  std::optional<Person> person = chosen.user ? person_of(view, pool, *chosen.user, {}) : some_person(view, pool);
  return {.db = db, .pool = pool, .seed = seed, .view = view, .person = std::move(person), .runs = std::move(runs)};
}

Json stored_object(const std::string& text, const std::string& what) {
  Json json = engine::parse_json<Json>(text);
  if (!json.is_object()) throw recsys::DamagedError(fmt::format("{}: its record is not a JSON object", what));
  return json;
}

std::string name_of(const rl::Profile& profile) {
  return called(profile.key);
}

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100 * share);
}

std::string grouped(std::size_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 32);
  return text;
}

}  // namespace infodiet::tools::report
