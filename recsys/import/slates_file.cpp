#include "recsys/import/slates_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/import/values.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/key_cache.hpp"

namespace infodiet::recsys {
namespace {

/// Thrown to reject a row, with the reason.
struct RowProblem {
  std::string reason;
};

/// The ids of a list: a JSON array, or ids with blanks between them.
std::vector<std::string> ids_of(const std::string& text, std::string_view what) {
  std::vector<std::string> ids;
  if (!text.empty() && text.front() == '[') {
    const nlohmann::json list = engine::parse_json<nlohmann::json>(text);
    const bool good = list.is_array() && std::all_of(list.begin(), list.end(), [](const auto& one) {
                        return one.is_string() || one.is_number_integer();
                      });
    if (!good) throw RowProblem{fmt::format("its {} are not a JSON array of ids", what)};
    for (const auto& one : list)
      ids.push_back(one.is_string() ? one.template get<std::string>() : engine::json_text(one));
    return ids;
  }
  for (std::string_view rest = trimmed(text); !rest.empty(); rest = trimmed(rest)) {
    const std::size_t size = std::min(rest.find_first_of(" \t"), rest.size());
    ids.emplace_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return ids;
}

std::optional<double> number_of(const SlateRow& row, SlateColumn column) {
  const std::string& text = row[column];
  if (is_null_mark(text)) return std::nullopt;
  const std::optional<double> number = parse_number(text);
  if (!number || !std::isfinite(*number)) {
    throw RowProblem{fmt::format("its {} is '{}': expected a number", name_of(column), text)};
  }
  return number;
}

std::optional<std::int64_t> whole_of(const SlateRow& row, SlateColumn column) {
  const std::optional<double> number = number_of(row, column);
  if (!number) return std::nullopt;
  if (*number < 0 || *number != std::floor(*number) || *number > 9e15) {
    throw RowProblem{fmt::format("its {} is {}: expected a whole number from 0", name_of(column), *number)};
  }
  return static_cast<std::int64_t>(*number);
}

std::vector<double> numbers_of(const SlateRow& row, SlateColumn column) {
  std::vector<double> numbers;
  std::string text = row[column];
  for (char& c : text) {
    if (c == '[' || c == ']' || c == ',') c = ' ';
  }
  for (const std::string& one : ids_of(text, name_of(column))) {
    const std::optional<double> number = parse_number(one);
    if (!number) throw RowProblem{fmt::format("its {} hold '{}': expected numbers", name_of(column), one)};
    numbers.push_back(*number);
  }
  return numbers;
}

bool is_ordered(const SlateRow& row) {
  const std::string& text = row[SlateColumn::ordered];
  if (text.empty() || text == "1" || text == "true") return true;
  if (text == "0" || text == "false") return false;
  throw RowProblem{fmt::format("its ordered is '{}': expected 1, 0, true or false", text)};
}

/// The items of one row: their numbers, by their ids.
class Items {
 public:
  explicit Items(const ItemNumber& number) : number_(number) {}

  std::vector<double> of(const SlateRow& row, SlateColumn column) {
    std::vector<double> numbers;
    for (const std::string& id : ids_of(row[column], name_of(column))) {
      const std::optional<double> number = number_(id);
      if (!number) throw RowProblem{fmt::format("there is no item '{}': import the items first", id)};
      if (std::find(numbers.begin(), numbers.end(), *number) != numbers.end()) {
        throw RowProblem{fmt::format("item '{}' occurs twice in its {}", id, name_of(column))};
      }
      numbers.push_back(*number);
    }
    if (numbers.empty())
      throw RowProblem{
          fmt::format("its {} {} empty", name_of(column), column == SlateColumn::candidates ? "are" : "is")};
    return numbers;
  }

 private:
  const ItemNumber& number_;
};

OwnedSlate slate_of(const SlateRow& row, bool has_reward, const ItemNumber& item_number) {
  using enum SlateColumn;
  Items items(item_number);
  OwnedSlate owned((KeptSlate()));
  owned.candidates = items.of(row, candidates);
  owned.shown = items.of(row, slate);
  for (std::size_t k = 0; k < owned.shown.size(); ++k) {
    const auto& all = owned.candidates;
    if (std::find(all.begin(), all.end(), owned.shown[k]) == all.end()) {
      throw RowProblem{
          fmt::format("item '{}' is on the slate but not among the candidates", ids_of(row[slate], "slate")[k])};
    }
  }
  if (const std::string& taken = row[chosen]; !is_null_mark(taken)) {
    const std::vector<std::string> shown = ids_of(row[slate], "slate");
    const auto found = std::find(shown.begin(), shown.end(), taken);
    if (found == shown.end()) throw RowProblem{fmt::format("'{}' was chosen but is not on the slate", taken)};
    owned.slate.chosen = static_cast<std::uint32_t>(found - shown.begin());
  }
  owned.slate.time = whole_of(row, time);
  owned.slate.probability = number_of(row, probability);
  owned.rank_probabilities = numbers_of(row, rank_probabilities);
  owned.prefixes = numbers_of(row, prefixes);
  const std::optional<double> earned = number_of(row, reward);
  if (has_reward && !earned) throw RowProblem{"its reward is missing"};
  owned.slate.reward = earned.value_or(owned.slate.chosen ? 1 : 0);
  if (const auto problem = slate_problem(owned.view())) throw RowProblem{*problem};
  return owned;
}

/// Accepted rows, with their log and session.
struct Taken {
  std::int64_t line = 0;
  OwnedSlate slate;
  bool is_good = true;
};
struct SessionRows {
  std::string key;
  std::string person;
  std::vector<Taken> rows;
  bool is_good = true;
};

/// What is wrong with the ordered steps of a session; nothing if each occurs once.
std::optional<RejectedSlate> step_problem(SessionRows& session, std::int64_t first_step) {
  std::stable_sort(session.rows.begin(), session.rows.end(),
                   [](const Taken& a, const Taken& b) { return a.slate.slate.step < b.slate.slate.step; });
  for (std::size_t i = 0; i < session.rows.size(); ++i) {
    const Taken& row = session.rows[i];
    const std::int64_t expected = first_step + static_cast<std::int64_t>(i);
    if (row.slate.slate.step == expected) continue;
    if (i > 0 && row.slate.slate.step == session.rows[i - 1].slate.slate.step) {
      return RejectedSlate{row.line, fmt::format("step {} of session '{}' is given twice, the first time in line {}",
                                                 row.slate.slate.step, session.key, session.rows[i - 1].line)};
    }
    return RejectedSlate{row.line, fmt::format("step {} of session '{}' is missing", expected, session.key)};
  }
  return std::nullopt;
}

class SlateFileReader {
 public:
  SlateFileReader(const SlateRows& rows, const ItemNumber& item_number) : rows_(rows), item_number_(item_number) {
    file_.rejected = rows.rejected;
    file_.unused = rows.unused;
  }

  SlateFile read() {
    for (const SlateRow& row : rows_.rows) take(row);
    require_probabilities();
    for (auto& log : logs_) number_sessions(log);
    std::sort(file_.rejected.begin(), file_.rejected.end(),
              [](const RejectedSlate& a, const RejectedSlate& b) { return a.line < b.line; });
    return std::move(file_);
  }

 private:
  struct LogRows {
    SlateFileLog log;
    std::vector<SessionRows> sessions;
    std::map<std::string, std::size_t> by_key;
  };

  void take(const SlateRow& row) {
    using enum SlateColumn;
    try {
      LogRows& log = log_of(row);
      SessionRows& session_rows = session_of(log, row);
      try {
        OwnedSlate owned = slate_of(row, rows_.has(reward), item_number_);
        const auto next = static_cast<std::int64_t>(session_rows.rows.size());
        owned.slate.step = rows_.has(step) ? required_step(row) : next;
        if (!session_rows.rows.empty() && session_rows.person != row[user]) {
          throw RowProblem{fmt::format("session '{}' belongs to '{}' here and to '{}' before", session_rows.key,
                                       row[user], session_rows.person)};
        }
        session_rows.person = row[user];
        session_rows.rows.push_back({row.line, std::move(owned)});
      } catch (const RowProblem&) {
        session_rows.is_good = false;
        throw;
      }
    } catch (const RowProblem& problem) {
      file_.rejected.push_back({row.line, problem.reason});
    }
  }

  static std::int64_t required_step(const SlateRow& row) {
    const std::optional<std::int64_t> number = whole_of(row, SlateColumn::step);
    if (!number) throw RowProblem{"its step is missing"};
    return *number;
  }

  LogRows& log_of(const SlateRow& row) {
    using enum SlateColumn;
    const bool in_order = is_ordered(row);
    const auto key = std::make_tuple(row[policy], row[version], in_order);
    const auto [entry, fresh] = log_numbers_.emplace(key, logs_.size());
    if (fresh) {
      LogRows& log = logs_.emplace_back();
      log.log.policy = row[policy].empty() ? "unknown" : row[policy];
      log.log.version = row[version];
      log.log.ordered = in_order;
    }
    return logs_[entry->second];
  }

  // Without a column of sessions, every row is a session.
  SessionRows& session_of(LogRows& log, const SlateRow& row) {
    const std::string key = rows_.has(SlateColumn::session) ? row[SlateColumn::session] : std::to_string(row.line);
    if (key.empty()) throw RowProblem{"its session is missing"};
    const auto [entry, fresh] = log.by_key.emplace(key, log.sessions.size());
    if (fresh) log.sessions.push_back({.key = key, .person = {}, .rows = {}});
    return log.sessions[entry->second];
  }

  // Either all slates have a probability or none has.
  void require_probabilities() {
    bool& some = file_.has_probabilities;
    for_each_row([&](SessionRows&, Taken& row) { some = some || row.slate.slate.probability; });
    if (!some) return;
    for_each_row([&](SessionRows& of, Taken& row) {
      if (row.slate.slate.probability) return;
      of.is_good = false;
      file_.rejected.push_back({row.line, "its probability is missing, but other rows have one"});
    });
  }

  template <class Use>
  void for_each_row(const Use& use) {
    for (LogRows& log : logs_) {
      for (SessionRows& of : log.sessions) {
        for (Taken& row : of.rows) use(of, row);
      }
    }
  }

  void number_sessions(LogRows& log) {
    std::int64_t first_step = 1;
    for (const SessionRows& of : log.sessions) {
      for (const Taken& row : of.rows) first_step = std::min(first_step, row.slate.slate.step);
    }
    std::map<std::string, std::int64_t> people;
    std::int64_t number = 0;
    for (SessionRows& of : log.sessions) {
      if (auto problem = of.is_good ? step_problem(of, first_step) : std::nullopt) {
        file_.rejected.push_back(std::move(*problem));
        of.is_good = false;
      }
      if (!of.is_good) {
        ++file_.sessions_left_out;
        continue;
      }
      const std::string person = of.person.empty() ? "\n" + of.key : of.person;
      const auto [entry, fresh] = people.emplace(person, static_cast<std::int64_t>(people.size()));
      if (fresh) log.log.people.push_back(of.person);
      for (Taken& row : of.rows) {
        row.slate.slate.session = number;
        row.slate.slate.step -= first_step;
        row.slate.slate.person = entry->second;
        log.log.slates.push_back(std::move(row.slate));
      }
      ++number;
    }
    if (number > 0) file_.logs.push_back(std::move(log.log));
  }

  const SlateRows& rows_;
  const ItemNumber& item_number_;
  SlateFile file_;
  std::vector<LogRows> logs_;
  std::map<std::tuple<std::string, std::string, bool>, std::size_t> log_numbers_;
};

}  // namespace

SlateFile read_slate_file(const Input& input, const ItemNumber& item_number) {
  const SlateRows rows = read_slate_rows(input);
  SlateFile file = SlateFileReader(rows, item_number).read();
  file.content = rows.content;
  return file;
}

ItemNumber items_of(const Database& db) {
  auto ids = std::make_shared<std::unordered_map<std::string, double>>();
  for (const Item& item : list_items(db)) ids->emplace(item.key, static_cast<double>(item.id));
  return [ids](std::string_view key) {
    const auto found = ids->find(std::string(key));
    return found == ids->end() ? std::nullopt : std::optional(found->second);
  };
}

SlateImport import_slates(Database& db, const Input& input, std::int64_t max_errors) {
  SlateImport result;
  result.file = read_slate_file(input, items_of(db));
  SlateFile& file = result.file;
  if (file.logs.empty() || file.rejected.size() > static_cast<std::size_t>(max_errors)) {
    const RejectedSlate& first = file.rejected.front();
    throw DataError(fmt::format("{}:{}: {}: {} rows were rejected, and nothing was stored", input.name(), first.line,
                                first.reason, file.rejected.size()));
  }
  const std::vector<SlateLogSize> before = list_slate_logs(db);
  result.changed = std::none_of(before.begin(), before.end(),
                                [&](const SlateLogSize& log) { return log.log.content == file.content; });
  Transaction transaction(db);
  KeyCache users(db, "users");
  for (SlateFileLog& log : file.logs) {
    std::vector<std::optional<std::int64_t>> ids;
    for (const std::string& person : log.people) {
      ids.push_back(person.empty() || !result.changed ? std::nullopt : std::optional(users.find_or_insert(person)));
    }
    std::optional<SlateWriter> writer;
    if (result.changed) {
      writer.emplace(db, SlateLog{.source = SlateSource::import,
                                  .policy = log.policy,
                                  .version = log.version,
                                  .ordered = log.ordered,
                                  .content = file.content});
      result.logs.push_back(writer->log());
    }
    for (const OwnedSlate& slate : log.slates) {
      KeptSlate kept = slate.view();
      kept.user = ids[static_cast<std::size_t>(kept.person)];
      if (writer) writer->add(kept);
      if (kept.step == 0) ++result.sessions;
      ++result.slates;
    }
    log.slates.clear();
  }
  transaction.commit();
  return result;
}

}  // namespace infodiet::recsys
