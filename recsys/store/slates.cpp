#include "recsys/store/slates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::array<std::string_view, 3> source_names{"run", "service", "import"};

std::string_view name_of(SlateNames names) {
  return names == SlateNames::items ? "items" : "numbers";
}

std::int64_t find_or_make(Database& db, const SlateLog& log) {
  if (log.source == SlateSource::service) {
    Statement find =
        db.prepare("SELECT id FROM slate_logs WHERE source = 'service' AND policy = ? AND version = ? AND ordered = ?");
    find.bind(log.policy, log.version, log.ordered ? 1 : 0);
    if (find.step()) return find.integer(0);
  }
  db.prepare(
        "INSERT INTO slate_logs (created, source, run_id, policy, version, ordered, names, content) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .run(static_cast<std::int64_t>(std::time(nullptr)), name_of(log.source), log.run, log.policy, log.version,
           log.ordered ? 1 : 0, name_of(log.names), log.content);
  return db.last_insert_id();
}

/// A JSON array. NaN, for an item without a name, becomes null.
std::string text_of(std::span<const double> numbers) {
  std::string text = "[";
  for (const double number : numbers) {
    if (text.size() > 1) text += ',';
    if (std::isnan(number)) {
      text += "null";
    } else {
      fmt::format_to(std::back_inserter(text), "{}", number);
    }
  }
  return text += ']';
}

std::optional<std::string> text_unless_empty(std::span<const double> numbers) {
  return numbers.empty() ? std::nullopt : std::optional(text_of(numbers));
}

/// The numbers of a JSON array; nothing if the text is anything else.
std::optional<std::vector<double>> numbers_of(std::string_view text) {
  const nlohmann::json array = engine::parse_json<nlohmann::json>(text);
  if (!array.is_array()) return std::nullopt;
  std::vector<double> numbers;
  for (const auto& one : array) {
    if (!one.is_number() && !one.is_null()) return std::nullopt;
    numbers.push_back(one.is_null() ? std::nan("") : one.get<double>());
  }
  return numbers;
}

bool same(std::span<const double> a, std::span<const double> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The first number that occurs twice, if any. NaN never equals anything.
std::optional<double> twice(std::span<const double> names) {
  std::vector<double> sorted(names.begin(), names.end());
  std::erase_if(sorted, [](double name) { return std::isnan(name); });
  std::sort(sorted.begin(), sorted.end());
  const auto found = std::adjacent_find(sorted.begin(), sorted.end());
  return found == sorted.end() ? std::nullopt : std::optional(*found);
}

bool is_probability(double value) {
  return value > 0 && value <= 1;
}

std::optional<std::string> probability_problem(const KeptSlate& slate) {
  if (slate.probability && !is_probability(*slate.probability)) {
    return fmt::format("its probability is {}: expected one above 0 and at most 1", *slate.probability);
  }
  for (const std::span<const double> all : {slate.rank_probabilities, slate.prefixes}) {
    if (!all.empty() && all.size() != slate.slate.size()) {
      return fmt::format("{} probabilities for {} ranks: expected one for each", all.size(), slate.slate.size());
    }
    for (const double one : all) {
      if (!is_probability(one)) {
        return fmt::format("the probability of a rank is {}: expected one above 0 and at most 1", one);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(SlateSource source) {
  return source_names.at(static_cast<std::size_t>(source));
}

std::optional<std::string> slate_problem(const KeptSlate& slate) {
  if (slate.slate.empty()) return "the slate is empty: expected what was shown";
  if (const auto item = twice(slate.slate)) return fmt::format("item {} occurs twice on the slate", *item);
  if (const auto item = twice(slate.candidates)) return fmt::format("item {} occurs twice among the candidates", *item);
  for (const double item : slate.slate) {
    const auto is_it = [&](double one) { return one == item || (std::isnan(one) && std::isnan(item)); };
    if (std::none_of(slate.candidates.begin(), slate.candidates.end(), is_it)) {
      return fmt::format("item {} is on the slate but not among the candidates", item);
    }
  }
  if (slate.chosen && *slate.chosen >= slate.slate.size()) {
    return fmt::format("rank {} was chosen of {}: expected one from 0", *slate.chosen, slate.slate.size());
  }
  if (!std::isfinite(slate.reward)) return fmt::format("the reward is {}: expected a finite number", slate.reward);
  return probability_problem(slate);
}

SlateWriter::SlateWriter(Database& db, const SlateLog& log)
    : log_(find_or_make(db, log)),
      insert_(db.prepare("INSERT INTO slates (log_id, session, step, person, user_id, time, candidates, slate, "
                         "probability, places, prefixes, chosen, reward) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)")),
      last_session_(db.prepare("SELECT coalesce(max(session), -1) FROM slates WHERE log_id = ?")) {}

std::int64_t SlateWriter::new_session() {
  last_session_.bind(log_);
  last_session_.step();
  const std::int64_t last = last_session_.integer(0);
  last_session_.reset();
  return last + 1;
}

void SlateWriter::add(const KeptSlate& slate) {
  if (const auto problem = slate_problem(slate)) {
    throw DataError(fmt::format("session {}, step {}: {}", slate.session, slate.step, *problem));
  }
  const bool follows = slate.session == session_ && slate.step == step_ + 1;
  std::optional<std::string> candidates;
  if (!follows || !same(slate.candidates, candidates_)) candidates = text_of(slate.candidates);
  insert_.start_binding(13)
      .bind_next(log_, slate.session, slate.step, slate.person, slate.user, slate.time, candidates)
      .bind_next(std::string_view(text_of(slate.slate)), slate.probability, text_unless_empty(slate.rank_probabilities))
      .bind_next(text_unless_empty(slate.prefixes), slate.chosen, slate.reward);
  while (insert_.step()) {
  }
  session_ = slate.session;
  step_ = slate.step;
  candidates_.assign(slate.candidates.begin(), slate.candidates.end());
}

bool note_taken(Database& db, std::int64_t user_id, std::int64_t item_id, double reward) {
  Transaction transaction(db);
  Statement find = db.prepare(
      "SELECT log_id, session, step, shown.key FROM slates, json_each(slate) AS shown "
      "WHERE user_id = ? AND chosen IS NULL AND shown.value = ? "
      "AND log_id IN (SELECT id FROM slate_logs WHERE source = 'service') "
      "ORDER BY time DESC, log_id DESC, session DESC, step DESC LIMIT 1");
  find.bind(user_id, item_id);
  if (!find.step()) return false;
  const std::array<std::int64_t, 4> at{find.integer(0), find.integer(1), find.integer(2), find.integer(3)};
  find.reset();
  db.prepare("UPDATE slates SET chosen = ?, reward = ? WHERE log_id = ? AND session = ? AND step = ?")
      .run(at[3], reward, at[0], at[1], at[2]);
  transaction.commit();
  return true;
}

std::vector<SlateLogSize> list_slate_logs(const Database& db) {
  Statement query = db.prepare(
      "SELECT id, source, run_id, policy, version, ordered, names, content, count(DISTINCT session), count(session), "
      "count(session) - count(probability) "
      "FROM slate_logs LEFT JOIN slates ON log_id = id GROUP BY id ORDER BY id");
  std::vector<SlateLogSize> logs;
  while (query.step()) {
    const auto source = std::find(source_names.begin(), source_names.end(), query.text(1));
    if (source == source_names.end()) {
      throw DamagedError(fmt::format("{}: log {} of slates has an unknown source", db.path(), query.integer(0)));
    }
    logs.push_back({.log = {.id = query.integer(0),
                            .source = static_cast<SlateSource>(source - source_names.begin()),
                            .run = query.optional_integer(2),
                            .policy = std::string(query.text(3)),
                            .version = std::string(query.text(4)),
                            .ordered = query.integer(5) != 0,
                            .names = query.text(6) == "items" ? SlateNames::items : SlateNames::numbers,
                            .content = std::string(query.text(7))},
                    .sessions = query.integer(8),
                    .slates = query.integer(9),
                    .without_probability = query.integer(10)});
  }
  return logs;
}

void read_slates(const Database& db, std::int64_t log, const std::function<void(const KeptSlate&)>& take) {
  Statement query = db.prepare(
      "SELECT session, step, person, user_id, time, candidates, slate, probability, places, prefixes, chosen, reward "
      "FROM slates WHERE log_id = ? ORDER BY session, step");
  query.bind(log);
  std::vector<double> candidates;
  std::int64_t session = -1;
  while (query.step()) {
    KeptSlate slate{.session = query.integer(0),
                    .step = query.integer(1),
                    .person = query.integer(2),
                    .user = query.optional_integer(3),
                    .time = query.optional_integer(4)};
    const auto refuse = [&](std::string_view problem) {
      throw DamagedError(fmt::format("{}: log {}, session {}, step {}: {}: restore a copy, or keep the slates again",
                                     db.path(), log, slate.session, slate.step, problem));
    };
    std::optional<std::vector<double>> fresh;
    if (!query.is_null(5)) fresh = numbers_of(query.text(5));
    if (!fresh && (!query.is_null(5) || slate.session != session)) refuse("its candidates are not a list of numbers");
    if (fresh) candidates = std::move(*fresh);
    const auto list = [&](int column) {
      return query.is_null(column) ? std::optional(std::vector<double>()) : numbers_of(query.text(column));
    };
    const std::optional<std::vector<double>> lists[] = {list(6), list(8), list(9)};
    for (const auto& one : lists) {
      if (!one) refuse("one of its columns is not a list of numbers");
    }
    slate.candidates = candidates;
    slate.slate = *lists[0];
    slate.probability = query.optional_real(7);
    slate.rank_probabilities = *lists[1];
    slate.prefixes = *lists[2];
    if (const auto chosen = query.optional_integer(10)) {
      if (*chosen < 0) refuse("what was chosen is not a rank");
      slate.chosen = static_cast<std::uint32_t>(*chosen);
    }
    slate.reward = query.optional_real(11).value_or(0);
    if (const auto problem = slate_problem(slate)) refuse(*problem);
    session = slate.session;
    take(slate);
  }
}

}  // namespace infodiet::recsys
