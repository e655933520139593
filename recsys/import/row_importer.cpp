#include "recsys/import/row_importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <ctime>
#include <limits>
#include <span>

#include "recsys/errors.hpp"
#include "recsys/import/times.hpp"
#include "recsys/import/values.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t kept_text_bytes = 200;
constexpr std::size_t shown_rejects = 10;
constexpr std::size_t shown_of_a_cause = 3;
constexpr std::size_t shown_rows = 5;

// The start of a row, for messages.
std::string shown_text(std::string_view text) {
  std::string shown(text.substr(0, kept_text_bytes));
  std::replace(shown.begin(), shown.end(), '\0', ' ');
  // A character cut in half at the end must not turn the rest into Latin-1.
  for (int cut = 0; cut < 3 && text.size() > kept_text_bytes && !is_valid_utf8(shown); ++cut) shown.pop_back();
  return to_utf8(shown);
}

std::string quoted(std::string_view text) {
  return fmt::format(": \"{}\"", shown_text(text));
}

struct Limits {
  double low;
  double high;
};

// The problem of a number.
struct Problem {
  std::string cause = {};  // empty: nothing
  std::string detail = {};
  explicit operator bool() const { return !cause.empty(); }
};

Problem flag_problem(std::string_view name, std::string_view text, std::optional<bool>& value) {
  constexpr std::array<std::string_view, 4> yes{"1", "true", "yes", "y"};
  constexpr std::array<std::string_view, 4> no{"0", "false", "no", "n"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (std::find(yes.begin(), yes.end(), lower) != yes.end()) value = true;
  if (std::find(no.begin(), no.end(), lower) != no.end()) value = false;
  return value ? Problem()
               : Problem{fmt::format("{}: neither 1 nor 0, true nor false, yes nor no", name), quoted(text)};
}

Problem moment_problem(std::string_view name, std::string_view text, std::optional<std::int64_t>& value) {
  std::optional<Instant> instant = read_time({.kind = TimeReading::Kind::dates}, text);
  if (!instant) instant = read_time({.kind = TimeReading::Kind::number, .told = true}, text);
  if (!instant)
    return {fmt::format("{}: neither a date (2024-01-31T10:00:00Z) nor seconds since 1970", name), quoted(text)};
  value = instant->seconds;
  return {};
}

Problem number_problem(std::string_view name, std::string_view text, Limits limits, std::optional<double>& value) {
  const std::optional<double> number = parse_number(text);
  if (!number) return {fmt::format("{}: not a number", name), quoted(text)};
  if (std::isnan(*number) || std::isinf(*number)) return {fmt::format("{}: not a finite number", name), quoted(text)};
  if (*number < limits.low || *number > limits.high) {
    return limits.high == std::numeric_limits<double>::infinity()
               ? Problem{fmt::format("{}: less than {}", name, limits.low), quoted(text)}
               : Problem{fmt::format("{}: not between {} and {}", name, limits.low, limits.high), quoted(text)};
  }
  value = number;
  return {};
}

// Many items may share a short text; a long one is none of that.
std::vector<ItemAttribute> readable_attributes(std::span<const ItemAttribute> attributes) {
  constexpr std::size_t longest = 200;
  std::vector<ItemAttribute> readable;
  for (const ItemAttribute& attribute : attributes) {
    std::string value = readable_text(attribute.value);
    if (value.size() > longest || is_null_mark(value)) continue;
    readable.push_back({.name = readable_text(attribute.name), .value = std::move(value)});
  }
  return readable;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

RowImporter::RowImporter(Database& db, CatalogueWriter& writer, const ImportOptions& options, ImportReport& report,
                         std::int64_t& rows)
    : db_(&db),
      writer_(&writer),
      options_(&options),
      report_(&report),
      rows_(&rows),
      insert_reject_(
          db.prepare("INSERT INTO import_rejects (import_id, line, reason, text, user) VALUES (?, ?, ?, ?, ?)")) {}

void RowImporter::begin_file(const FilePlan& plan, std::string_view session_prefix) {
  known_ = &plan.reader->understanding();
  file_ = {.name = plan.input->name(), .understanding = *known_, .notes = known_->notes};
  session_prefix_ = session_prefix;
  before_ = {.accepted = report_->accepted,
             .rejected = report_->rejected,
             .duplicates = report_->duplicates,
             .below_min_rating = report_->below_min_rating,
             .accepted_attributes = report_->accepted_attributes,
             .rejected_attributes = report_->rejected_attributes};
  counts_ = {};
  events_.clear();
  db_->prepare(
         "INSERT INTO imports (created, path, format, fingerprint, content, accepted, rejected, duplicates,"
         " below_min_rating) VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0)")
      .run(static_cast<std::int64_t>(std::time(nullptr)), to_utf8(file_.name), name_of(known_->format),
           plan.fingerprint, plan.content);
  import_id_ = db_->last_insert_id();
  writer_->set_import(import_id_);
}

void RowImporter::end_file() {
  const InteractionWriter::Written written = writer_->flush();
  report_->accepted += written.added;
  report_->duplicates += written.duplicates;
  const auto since = [&](std::int64_t ImportReport::*count) { return (*report_).*count - before_.*count; };
  db_->prepare("UPDATE imports SET accepted = ?, rejected = ?, duplicates = ?, below_min_rating = ? WHERE id = ?")
      .run(since(&ImportReport::accepted) + since(&ImportReport::accepted_attributes),
           since(&ImportReport::rejected) + since(&ImportReport::rejected_attributes), since(&ImportReport::duplicates),
           since(&ImportReport::below_min_rating), import_id_);
  find_marks();
  write_notes();
  report_->imported_files.push_back(std::move(file_));
}

void RowImporter::write_notes() {
  const auto note = [&](std::string text) { file_.notes.push_back(std::move(text)); };
  if (counts_.from_sessions > 0) {
    note(fmt::format(
        "{} rows name no user: the session's id replaces it{}", counts_.from_sessions,
        session_prefix_.empty() ? "" : fmt::format(", as {}ID since some user has the same id", session_prefix_)));
  }
  if (counts_.not_rated > 0) note(fmt::format("rows not rated: {}", counts_.not_rated));
  for (const auto& [event, count] : counts_.left_out_events) {
    note(fmt::format("rows left out: {} of the event {} (--only-events includes them)", count, event));
  }
}

const RowImporter::Event& RowImporter::event_named(std::string_view name) {
  if (is_null_mark(name)) name = known_->event_if_null;
  if (const auto found = events_.find(name); found != events_.end()) return found->second;
  const std::string key(name);
  Event event;
  const std::vector<std::string>& taken = options_->only_events.empty() ? known_->taken_events : options_->only_events;
  event.is_taken = taken.empty() || std::find(taken.begin(), taken.end(), key) != taken.end();
  if (const auto weight = options_->event_weights.find(key); weight != options_->event_weights.end()) {
    event.weight = weight->second;
  }
  if (event.is_taken && !key.empty()) event.number = writer_->event(to_utf8(key));
  if (!key.empty()) events_seen_.insert(to_utf8(key));
  return events_.emplace(key, event).first->second;
}

bool RowImporter::take_time(const RowOrigin& origin, const InteractionText& row, Interaction& interaction) {
  if (!row.time || !known_->time) return true;
  auto time = read_time(*known_->time, *row.time);
  if (!time) {
    if (is_null_mark(*row.time)) {
      reject(origin, RowKind::interaction, {"time: none, where other rows have one (--columns time= takes no times)"});
    } else {
      const std::string cause = fmt::format("time: not of the column's kind ({})", describe(*known_->time));
      reject(origin, RowKind::interaction, {cause, quoted(*row.time)});
    }
    return false;
  }
  if (row.time_offset && !is_null_mark(*row.time_offset)) {
    constexpr std::int64_t milliseconds_a_second = 1000;
    const auto offset = parse_number(*row.time_offset);
    if (!offset || !(std::abs(*offset) < 1e15)) {
      reject(origin, RowKind::interaction, {"time: its milliseconds are not a number", quoted(*row.time_offset)});
      return false;
    }
    const auto milliseconds = static_cast<std::int64_t>(std::floor(*offset));
    time->seconds += milliseconds / milliseconds_a_second;
    time->nanoseconds = static_cast<std::int32_t>(std::max<std::int64_t>(0, milliseconds % 1000) * 1'000'000);
  }
  interaction.time = time->seconds;
  interaction.nanoseconds = time->nanoseconds;
  return true;
}

bool RowImporter::take_rating(const RowOrigin& origin, const InteractionText& row, Interaction& interaction) {
  if (!row.rating) return true;
  if (!is_null_mark(*row.rating)) {
    const Problem problem = number_problem("rating", *row.rating, {-infinity, infinity}, interaction.rating);
    if (problem) {
      reject(origin, RowKind::interaction, {problem.cause, problem.detail});
      return false;
    }
  }
  if (interaction.rating && interaction.rating == known_->not_rated) interaction.rating.reset();
  if (!interaction.rating) {
    ++counts_.not_rated;
  } else if (!known_->not_rated) {
    count_rating(*interaction.rating);
  }
  return true;
}

void RowImporter::count_rating(double rating) {
  counts_.minus_ones += rating == -1;
  counts_.zeros += rating == 0;
  if (rating == -1 || rating == 0) return;
  counts_.lowest_rating = std::min(counts_.lowest_rating, rating);
  counts_.highest_rating = std::max(counts_.highest_rating, rating);
}

// Once all ratings are known: finds -1 or 0 as a mark for "not rated" that the sample did not contain.
void RowImporter::find_marks() {
  if (counts_.lowest_rating < 1 || !(counts_.highest_rating > 1)) return;
  if ((counts_.minus_ones > 0) == (counts_.zeros > 0)) return;
  const double mark = counts_.minus_ones > 0 ? -1 : 0;
  db_->prepare("UPDATE interactions SET rating = NULL WHERE import_id = ? AND rating = ?").run(import_id_, mark);
  counts_.not_rated += counts_.minus_ones + counts_.zeros;
  file_.notes.push_back(fmt::format("a rating of {} means not rated: the others start at 1 or above", mark));
}

void RowImporter::interaction(const RowOrigin& origin, const InteractionText& row) {
  take_interaction(origin, row);
  row_user_.reset();
}

void RowImporter::take_interaction(const RowOrigin& origin, const InteractionText& row) {
  const auto refuse = [&](const RejectReason& reason) { reject(origin, RowKind::interaction, reason); };
  std::string_view user = known_->person ? std::string_view(*known_->person) : row.user;
  const bool is_from_session = is_null_mark(user) && row.session && !is_null_mark(*row.session);
  if (is_from_session) user = (session_user_ = session_prefix_).append(*row.session);
  if (is_null_mark(user)) return refuse({"user: empty id", user.empty() ? "" : quoted(user)});
  if (const auto problem = key_problem(user)) return refuse({fmt::format("user: {}", *problem)});
  row_user_ = user;
  if (is_null_mark(row.item)) return refuse({"item: empty id", row.item.empty() ? "" : quoted(row.item)});
  if (const auto problem = key_problem(row.item)) return refuse({fmt::format("item: {}", *problem)});
  Interaction interaction;
  if (!take_time(origin, row, interaction) || !take_rating(origin, row, interaction)) return;
  ++*rows_;
  if (row.event) {
    const Event& event = event_named(*row.event);
    if (!event.is_taken) {
      ++report_->other_events;
      ++counts_.left_out_events[is_null_mark(*row.event) ? "(none)" : shown_text(*row.event)];
      return;
    }
    interaction.event = event.number;
    interaction.weight = event.weight;
  }
  if (options_->min_rating && (!interaction.rating || *interaction.rating < *options_->min_rating)) {
    ++report_->below_min_rating;
    return;
  }
  counts_.from_sessions += is_from_session;
  interaction.user_id = writer_->user(user);
  interaction.item_id = writer_->item(row.item);
  consumed_.add(interaction.item_id);
  if (row.title) take_title(interaction.item_id, row);
  if (file_.first_rows.size() < shown_rows) remember(row, user, interaction);
  if (interaction.time) {
    const Instant instant{*interaction.time, interaction.nanoseconds};
    if (!file_.first_time || instant < *file_.first_time) file_.first_time = instant;
    if (!file_.last_time || *file_.last_time < instant) file_.last_time = instant;
  }
  writer_->add(interaction);
}

void RowImporter::take_title(std::int64_t item, const InteractionText& row) {
  if (titled_.has(item) || is_null_mark(*row.title)) return;
  titled_.add(item);
  std::string_view title = *row.title;
  if (title.starts_with(known_->title_prefix)) title.remove_prefix(known_->title_prefix.size());
  writer_->put_item({.key = std::string(row.item), .title = readable_text(title)});
}

void RowImporter::remember(const InteractionText& row, std::string_view user, const Interaction& interaction) {
  std::string text = fmt::format("user {}, item {}", shown_text(user), shown_text(row.item));
  if (interaction.time) {
    text += known_->time->is_real() ? fmt::format(", {}", text_of({*interaction.time, interaction.nanoseconds}))
                                    : fmt::format(", number {} in order", *interaction.time);
  }
  if (row.rating) text += interaction.rating ? fmt::format(", rated {}", *interaction.rating) : ", not rated";
  if (row.event) text += fmt::format(", {}", shown_text(is_null_mark(*row.event) ? known_->event_if_null : *row.event));
  file_.first_rows.push_back(std::move(text));
}

void RowImporter::item(const RowOrigin& origin, const ItemText& row) {
  const auto refuse = [&](const RejectReason& reason) { reject(origin, RowKind::attributes, reason); };
  if (is_null_mark(row.key)) return refuse({"item: empty id", row.key.empty() ? "" : quoted(row.key)});
  if (const auto problem = key_problem(row.key)) return refuse({fmt::format("item: {}", *problem)});
  Item item{.key = std::string(row.key)};
  if (row.title && !is_null_mark(*row.title)) item.title = readable_text(*row.title);
  for (const std::string& topic : row.topics) {
    std::string name = readable_text(topic);
    if (!name.empty() && std::find(item.topics.begin(), item.topics.end(), name) == item.topics.end()) {
      item.topics.push_back(std::move(name));
    }
  }
  // An empty attribute is unknown, which is not an error.
  const auto attribute = [](std::string_view name, const FieldText& text, Limits limits, std::optional<double>& value) {
    return text && !is_null_mark(*text) ? number_problem(name, *text, limits, value) : Problem();
  };
  for (const Problem& problem : {attribute("quality", row.quality, {-1, 1}, item.quality),
                                 attribute("clickbait", row.clickbait, {0, 1}, item.clickbait),
                                 attribute("minutes", row.minutes, {0, infinity}, item.minutes)}) {
    if (problem) return refuse({problem.cause, problem.detail});
  }
  const auto flag = [](std::string_view name, const FieldText& text, std::optional<bool>& value) {
    return text && !is_null_mark(*text) ? flag_problem(name, *text, value) : Problem();
  };
  const auto moment = [](std::string_view name, const FieldText& text, std::optional<std::int64_t>& value) {
    return text && !is_null_mark(*text) ? moment_problem(name, *text, value) : Problem();
  };
  std::optional<bool> hidden;
  std::optional<bool> available;
  for (const Problem& problem : {flag("hidden", row.hidden, hidden), flag("available", row.available, available),
                                 moment("available_from", row.available_from, item.available_from),
                                 moment("available_until", row.available_until, item.available_until)}) {
    if (problem) return refuse({problem.cause, problem.detail});
  }
  if (hidden || available) hidden = hidden.value_or(false) || !available.value_or(true);
  const std::int64_t id = writer_->put_item(item, hidden);
  writer_->put_attributes(id, readable_attributes(row.attributes));
  described_.add(id);
  if (file_.first_rows.size() < shown_rows) {
    file_.first_rows.push_back(fmt::format("item {}, {}", shown_text(row.key), item.title.value_or("no title")));
    for (const std::string& topic : item.topics) file_.first_rows.back() += fmt::format(" [{}]", topic);
  }
  ++*rows_;
  ++report_->accepted_attributes;
}

void RowImporter::user(const RowOrigin& origin, std::string_view key) {
  if (is_null_mark(key)) return reject(origin, RowKind::attributes, {"user: empty id"});
  if (const auto problem = key_problem(key)) {
    return reject(origin, RowKind::attributes, {fmt::format("user: {}", *problem)});
  }
  writer_->user(key);
  ++*rows_;
  ++report_->accepted_attributes;
}

void RowImporter::reject(const RowOrigin& origin, RowKind kind, const RejectReason& reason) {
  ++*rows_;
  ++(kind == RowKind::interaction ? report_->rejected : report_->rejected_attributes);
  const RejectedRow row{file_.name, origin.line, fmt::format("{}{}", reason.cause, reason.detail),
                        shown_text(origin.text)};
  if (report_->first_rejects.size() < shown_rejects) report_->first_rejects.push_back(row);
  auto group = std::find_if(report_->rejects.begin(), report_->rejects.end(),
                            [&](const RejectGroup& known) { return known.cause == reason.cause; });
  if (group == report_->rejects.end()) {
    group = report_->rejects.insert(group, RejectGroup{.cause = std::string(reason.cause)});
  }
  ++group->count;
  if (group->first.size() < shown_of_a_cause) group->first.push_back(row);
  if (report_->rejected + report_->rejected_attributes > options_->max_errors) throw_too_many();
  insert_reject_.run(import_id_, row.line, row.reason, row.text, row_user_);
}

void RowImporter::throw_too_many() const {
  std::string message;
  for (const RejectedRow& row : report_->first_rejects) {
    message += fmt::format("{}:{}: {}: {}\n", row.file, row.line, row.reason, row.text);
  }
  throw DataError(
      fmt::format("{}more rows were rejected than the {} that --max-errors allows, so nothing was stored; check "
                  "--format and --columns, or the "
                  "file",
                  message, options_->max_errors));
}

}  // namespace infodiet::recsys
