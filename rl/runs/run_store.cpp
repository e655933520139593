#include "rl/runs/run_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/forget.hpp"
#include "rl/reward.hpp"

namespace infodiet::rl {

namespace {

std::int64_t insert_run(recsys::Database& db, const RunRecord& run) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  db.prepare(
        "INSERT INTO runs (created, command, configuration, seed, environment, policies, reward, metrics) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, '{}')")
      .run(std::chrono::duration_cast<std::chrono::seconds>(now).count(), run.command, run.configuration, run.seed,
           run.environment, run.policies, run.reward);
  return db.last_insert_id();
}

}  // namespace

std::optional<double> stored_name(const Candidate& item, std::span<const std::int64_t> item_ids) {
  if (item.item == Candidate::drawn_afresh) return item.clickbait;
  return static_cast<double>(item_ids.empty() ? static_cast<std::int64_t>(item.item) : item_ids[item.item]);
}

RunWriter::RunWriter(recsys::Database& db, const RunRecord& run, Keep keep, const StoredIds& ids)
    : db_(db),
      transaction_(db),
      run_(insert_run(db, run)),
      keep_(keep),
      ids_(ids),
      insert_session_(
          db.prepare("INSERT INTO sessions (run_id, policy, number, user_id, total_reward) VALUES (?, ?, ?, ?, ?)")),
      insert_step_(
          db.prepare("INSERT INTO steps (session_id, step, shown, chosen, reward, engagement, quality, diversity, "
                     "novelty, overload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
  if (!ids.users.empty() && recsys::count_forgets(db) != ids.forgets) {
    throw recsys::DataError(
        fmt::format("{}: somebody was forgotten during the run, and may be among its people: nothing was stored; "
                    "run the command again",
                    db.path()));
  }
}

void RunWriter::record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) {
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    double total = 0;
    for (std::size_t t = 0; t < outcomes.rows; ++t) total += outcomes.row(t)[i].reward;
    add_session(sessions.number(i), sessions.person(i), total);
    const bool sampled = keep_ == Keep::samples && recorded_ < sampled_sessions;
    ++recorded_;
    if (keep_ != Keep::steps && !sampled) continue;
    sessions.observe(i, seen_);
    record_steps(seen_, i, outcomes);
  }
}

void RunWriter::add_session(std::uint32_t number, std::optional<std::size_t> person, double total_reward) {
  std::optional<std::int64_t> user;
  if (person && !ids_.users.empty()) user = ids_.users[*person];
  insert_session_.run(run_, std::string_view(policy_), number, user, total_reward);
}

void RunWriter::record_steps(const Observation& session, std::size_t number,
                             engine::MatrixSpan<const Outcome> outcomes) {
  const std::int64_t id = db_.last_insert_id();
  const std::vector<RewardTerms> of_steps = step_terms(session);
  for (std::size_t t = 0; t < session.step; ++t) {
    shown_.assign(1, '[');
    for (const Candidate& item : session.slate_at(t)) {
      if (shown_.size() > 1) shown_ += ',';
      const std::optional<double> name = stored_name(item, ids_.items);
      if (name) {
        fmt::format_to(std::back_inserter(shown_), "{}", *name);
      } else {
        shown_ += "null";
      }
    }
    shown_ += ']';
    const Event& event = session.events[t];
    std::optional<std::int64_t> chosen;
    if (event.chosen != Event::nothing) chosen = event.chosen;
    const RewardTerms& terms = of_steps[t];
    insert_step_.run(id, t, std::string_view(shown_), chosen, outcomes.row(t)[number].reward, event.engagement,
                     terms.quality, terms.diversity, terms.novelty, terms.overload);
  }
}

void RunWriter::finish(std::string_view metrics) {
  db_.prepare("UPDATE runs SET metrics = ? WHERE id = ?").run(metrics, run_);
  transaction_.commit();
}

std::vector<StoredRun> list_runs(const recsys::Database& db) {
  recsys::Statement query = db.prepare(
      "SELECT id, command, configuration, seed, environment, policies, reward, metrics FROM runs ORDER BY id");
  std::vector<StoredRun> runs;
  while (query.step()) {
    runs.push_back({.id = query.integer(0),
                    .record = {.command = std::string(query.text(1)),
                               .configuration = std::string(query.text(2)),
                               .seed = static_cast<std::uint64_t>(query.integer(3)),
                               .environment = std::string(query.text(4)),
                               .policies = std::string(query.text(5)),
                               .reward = std::string(query.text(6))},
                    .metrics = std::string(query.text(7))});
  }
  return runs;
}

std::vector<StoredSession> list_sessions_with_steps(const recsys::Database& db, std::int64_t run,
                                                    std::string_view policy) {
  recsys::Statement query = db.prepare(
      "SELECT id, number, user_id FROM sessions WHERE run_id = ? AND policy = ? AND EXISTS "
      "(SELECT 1 FROM steps WHERE session_id = sessions.id) ORDER BY number");
  query.bind(run, policy);
  std::vector<StoredSession> sessions;
  while (query.step()) {
    sessions.push_back({.id = query.integer(0),
                        .number = static_cast<std::uint32_t>(query.integer(1)),
                        .user = query.optional_integer(2)});
  }
  return sessions;
}

std::vector<StoredStep> load_steps(const recsys::Database& db, std::int64_t session) {
  recsys::Statement query = db.prepare("SELECT shown, chosen FROM steps WHERE session_id = ? ORDER BY step");
  query.bind(session);
  std::vector<StoredStep> steps;
  while (query.step()) {
    const nlohmann::json shown = engine::parse_json<nlohmann::json>(query.text(0));
    const std::optional<std::int64_t> chosen = query.optional_integer(1);
    const bool numbers = shown.is_array() && std::all_of(shown.begin(), shown.end(), [](const auto& name) {
                           return name.is_number() || name.is_null();
                         });
    if (!numbers || (chosen && (*chosen < 0 || static_cast<std::size_t>(*chosen) >= shown.size()))) {
      throw recsys::DamagedError(
          fmt::format("{}: step {} of stored session {} is invalid: simulate again", db.path(), steps.size(), session));
    }
    StoredStep step;
    for (const auto& name : shown) step.shown.push_back(name.is_null() ? std::nan("") : name.get<double>());
    if (chosen) step.chosen = static_cast<Position>(*chosen);
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace infodiet::rl
