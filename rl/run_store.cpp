#include "rl/run_store.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <vector>

#include "rl/environments/catalogue.hpp"
#include "rl/reward.hpp"
#include "rl/session.hpp"

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

void append_item(const Candidate& item, std::span<const std::int64_t> ids, std::string& text) {
  if (item.item != Candidate::drawn_afresh) {
    const auto id = ids.empty() ? static_cast<std::int64_t>(item.item) : ids[item.item];
    fmt::format_to(std::back_inserter(text), "{}", id);
  } else if (item.clickbait) {
    fmt::format_to(std::back_inserter(text), "{}", *item.clickbait);
  } else {
    text += "null";
  }
}

}  // namespace

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
                     "novelty, overload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {}

void RunWriter::record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) {
  const auto* people = dynamic_cast<const Sessions<CatalogueEnvironment>*>(&sessions);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    double total = 0;
    for (std::size_t t = 0; t < outcomes.rows; ++t) total += outcomes.row(t)[i].reward;
    std::optional<std::int64_t> user;
    if (people != nullptr && !ids_.users.empty()) user = ids_.users[people->state(i).person];
    insert_session_.run(run_, std::string_view(policy_), sessions.number(i), user, total);
    const bool sampled = keep_ == Keep::samples && recorded_ < sampled_sessions;
    ++recorded_;
    if (keep_ != Keep::steps && !sampled) continue;
    sessions.observe(i, seen_);
    record_steps(seen_, i, outcomes);
  }
}

void RunWriter::record_steps(const Observation& session, std::size_t number,
                             engine::MatrixSpan<const Outcome> outcomes) {
  const std::int64_t id = db_.last_insert_id();
  const std::vector<RewardTerms> consumed = consumed_terms(session);
  auto next = consumed.begin();
  for (std::size_t t = 0; t < session.step; ++t) {
    shown_.assign(1, '[');
    for (const Candidate& item : session.slate_at(t)) {
      if (shown_.size() > 1) shown_ += ',';
      append_item(item, ids_.items, shown_);
    }
    shown_ += ']';
    const Event& event = session.events[t];
    std::optional<std::int64_t> chosen;
    RewardTerms terms;
    if (event.chosen != Event::nothing) {
      chosen = event.chosen;
      terms = *next++;
    }
    insert_step_.run(id, t, std::string_view(shown_), chosen, outcomes.row(t)[number].reward, event.engagement,
                     terms.quality, terms.diversity, terms.novelty, terms.overload);
  }
}

void RunWriter::finish(std::string_view metrics) {
  db_.prepare("UPDATE runs SET metrics = ? WHERE id = ?").run(metrics, run_);
  transaction_.commit();
}

}  // namespace infodiet::rl
