#include "rl/judgement/logged_sessions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "rl/diet/items.hpp"

namespace infodiet::rl {

namespace {

void add(LoggedSessions& log, const recsys::OwnedSlate& slate) {
  if (log.sessions.empty() || log.sessions.back().number != slate.slate.session) {
    log.sessions.push_back(
        {.number = slate.slate.session, .person = slate.slate.person, .user = slate.slate.user, .slates = {}});
  }
  log.sessions.back().slates.push_back(slate);
}

class LoggedBatch final : public SessionBatch {
 public:
  explicit LoggedBatch(const LoggedEnvironment& environment)
      : SessionBatch(environment.shape()), environment_(environment) {}

  void reset(const SessionPlan& plan) override {
    if (plan.count != 1 || plan.first >= environment_.log().sessions.size()) {
      throw ShapeError(fmt::format("sessions {} and {} more of a log of {}: expected sessions of the log", plan.first,
                                   plan.count, environment_.log().sessions.size()));
    }
    plan_ = plan;
    steps_taken_ = 0;
    session_ = &environment_.log().sessions[plan.first];
    before_ = environment_.before(*session_);
    events_.clear();
    shown_.clear();
    offer();
  }

  void step(engine::MatrixSpan<const Position> slates, std::span<Outcome> outcomes) override {
    const recsys::KeptSlate logged = now().view();
    for (std::size_t k = 0; k < slates.cols; ++k) shown_.push_back(candidates_[slates.row(0)[k]]);
    Event event;
    if (logged.chosen) event = {.chosen = *logged.chosen, .engagement = engagement(shown_.size(), *logged.chosen)};
    events_.push_back(event);
    outcomes[0] = {.reward = logged.reward, .expected_reward = logged.reward, .event = event};
    ++steps_taken_;
    if (!done()) offer();
  }

  void observe(std::size_t, Observation& observation) const override {
    observation.step = events_.size();
    observation.steps = shape_.steps;
    observation.slate_size = shape_.slate_size;
    observation.topics = shape_.topics;
    observation.candidates = candidates_;
    observation.events = events_;
    observation.shown = shown_;
    observation.interest = before_.interest;
    observation.attention = std::nullopt;
  }

  std::optional<std::uint32_t> person(std::size_t) const override { return std::nullopt; }
  std::vector<double> taste(std::size_t) const override { return {}; }
  std::optional<double> satisfaction(std::size_t, std::span<const Position>) const override { return std::nullopt; }

 private:
  const recsys::OwnedSlate& now() const { return session_->slates[steps_taken_]; }

  double engagement(std::size_t shown, Position chosen) const {
    return shown_[shown - shape_.slate_size + chosen].minutes.value_or(1);
  }

  void offer() {
    const recsys::OwnedSlate& slate = now();
    candidates_.clear();
    for (const double id : slate.candidates) {
      const auto item = environment_.item_of(id);
      if (!item) {
        throw recsys::DataError(
            fmt::format("session {}, step {}: item {} no longer exists", session_->number, steps_taken_, id));
      }
      candidates_.push_back(environment_.world().catalogue[*item]);
      candidates_.back().score = static_cast<double>(before_.scores[*item]);
    }
    shape_.steps = session_->slates.size();
    shape_.candidates = candidates_.size();
    shape_.slate_size = slate.shown.size();
  }

  const LoggedEnvironment& environment_;
  const LoggedSession* session_ = nullptr;
  LoggedEnvironment::Before before_;
  std::vector<Candidate> candidates_;
  std::vector<Event> events_;
  std::vector<Candidate> shown_;
};

}  // namespace

std::size_t LoggedSessions::slates() const {
  std::size_t count = 0;
  for (const LoggedSession& session : sessions) count += session.slates.size();
  return count;
}

std::size_t LoggedSessions::longest() const {
  std::size_t longest = 0;
  for (const LoggedSession& session : sessions) longest = std::max(longest, session.slates.size());
  return longest;
}

bool LoggedSessions::has_probabilities() const {
  return std::all_of(sessions.begin(), sessions.end(), [](const LoggedSession& session) {
    return std::all_of(session.slates.begin(), session.slates.end(),
                       [](const recsys::OwnedSlate& slate) { return slate.slate.probability.has_value(); });
  });
}

LoggedSessions load_log(const recsys::Database& db, const recsys::SlateLog& log) {
  LoggedSessions sessions{.policy = log.policy, .version = log.version, .ordered = log.ordered, .sessions = {}};
  recsys::read_slates(db, log.id, [&](const recsys::KeptSlate& slate) { add(sessions, recsys::OwnedSlate(slate)); });
  if (sessions.sessions.empty()) {
    throw recsys::DataError(fmt::format("{}: log {} has no slates left", db.path(), log.id));
  }
  // A forgotten person leaves a gap, but sessions of a run replay by number.
  for (std::size_t i = 0; log.source != recsys::SlateSource::run && i < sessions.sessions.size(); ++i) {
    sessions.sessions[i].number = static_cast<std::int64_t>(i);
  }
  return sessions;
}

LoggedSessions sessions_of(const recsys::SlateFileLog& log, const recsys::Database& db) {
  LoggedSessions sessions{.policy = log.policy, .version = log.version, .ordered = log.ordered, .sessions = {}};
  for (const recsys::OwnedSlate& slate : log.slates) {
    add(sessions, slate);
    const std::string& person = log.people[static_cast<std::size_t>(slate.slate.person)];
    if (!person.empty()) sessions.sessions.back().user = recsys::find_user(db, person);
  }
  return sessions;
}

LoggedEnvironment::LoggedEnvironment(const LoggedSessions& log, const DataWorld& world,
                                     const recsys::Recommender& recommender)
    : log_(log), world_(world), recommender_(recommender) {}

Shape LoggedEnvironment::shape() const {
  const recsys::OwnedSlate& first = log_.sessions.front().slates.front();
  return {log_.longest(), first.candidates.size(), first.shown.size(), world_.catalogue.topics()};
}

std::unique_ptr<SessionBatch> LoggedEnvironment::open_sessions() const {
  return std::make_unique<LoggedBatch>(*this);
}

LoggedEnvironment::Before LoggedEnvironment::before(const LoggedSession& session) const {
  const std::vector<std::int64_t>& users = world_.data.user_ids;
  recsys::History history;
  const auto user = session.user ? std::lower_bound(users.begin(), users.end(), *session.user) : users.end();
  if (user != users.end() && *user == session.user) {
    history = world_.data.history(static_cast<std::size_t>(user - users.begin()));
  }
  if (const auto time = session.slates.front().slate.time; time && !history.times.empty()) {
    const auto end = std::lower_bound(history.times.begin(), history.times.end(), *time);
    history = history.first(static_cast<std::size_t>(end - history.times.begin()));
  }
  Before before{.scores = std::vector<float>(world_.catalogue.size()), .interest = {}};
  recommender_.score({&history, 1}, {before.scores.data(), 1, before.scores.size()});
  std::vector<Candidate> items;
  for (const recsys::ItemIndex item : history.items) items.push_back(world_.catalogue[item]);
  before.interest = topic_shares(items, world_.catalogue.topics()).value_or(std::vector<double>());
  return before;
}

std::optional<std::uint32_t> LoggedEnvironment::item_of(double id) const {
  const std::vector<std::int64_t>& ids = world_.data.item_ids;
  const auto found = std::lower_bound(ids.begin(), ids.end(), static_cast<std::int64_t>(id));
  if (found == ids.end() || static_cast<double>(*found) != id) return std::nullopt;
  return static_cast<std::uint32_t>(found - ids.begin());
}

}  // namespace infodiet::rl
