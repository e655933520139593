#include "recsys/import/import.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/file_plan.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/row_importer.hpp"
#include "recsys/import/values.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

// Adds up progress over several files, and remembers a request to stop.
class ProgressTeller {
 public:
  ProgressTeller(const ImportProgressCallback& callback, const std::int64_t& rows)
      : callback_(&callback), rows_(&rows) {}

  void begin_file(const ByteSource& source) { source_ = &source; }
  void end_file(std::uint64_t bytes) {
    source_ = nullptr;
    bytes_before_ += bytes;
  }
  void set_total(std::uint64_t bytes) { total_ = bytes; }

  bool should_stop() {
    if (stopped_ || !*callback_) return stopped_;
    const std::uint64_t done = bytes_before_ + (source_ != nullptr ? source_->position() : 0);
    stopped_ =
        (*callback_)({.bytes_done = std::min(done, total_), .bytes_total = total_, .rows = *rows_}) == Proceed::stop;
    return stopped_;
  }

 private:
  const ImportProgressCallback* callback_;
  const std::int64_t* rows_;
  const ByteSource* source_ = nullptr;
  std::uint64_t bytes_before_ = 0;
  std::uint64_t total_ = 0;
  bool stopped_ = false;
};

std::unordered_set<std::string> contents_imported(const Database& db) {
  std::unordered_set<std::string> contents;
  Statement query = db.prepare("SELECT content FROM imports WHERE content IS NOT NULL");
  while (query.step()) contents.insert(std::string(query.text(0)));
  return contents;
}

std::string events_there(const RowImporter& importer) {
  constexpr std::size_t shown = 20;
  const std::set<std::string>& met = importer.events_seen();
  if (met.empty()) return "the rows have no events";
  std::vector<std::string> names(met.begin(), met.end());
  names.resize(std::min(names.size(), shown));
  return fmt::format("there are {}{}", fmt::join(names, ", "), met.size() > shown ? ", ..." : "");
}

// Events that were named but occur in no row.
void warn_of_events(const ImportOptions& options, const RowImporter& importer, ImportReport& report) {
  const auto warn = [&](std::string_view option, const std::string& event) {
    if (importer.events_seen().contains(event)) return;
    report.warnings.push_back(fmt::format("no row has the event {:?} ({}); {}", event, option, events_there(importer)));
  };
  for (const std::string& event : options.only_events) warn("--only-events", event);
  for (const auto& [event, weight] : options.event_weights) warn("--event-weights", event);
}

[[noreturn]] void throw_nothing_accepted(const ImportReport& report, const RowImporter& importer) {
  std::string reasons;
  for (const RejectedRow& row : report.first_rejects) {
    reasons += fmt::format("\n  {}:{}: {}", row.file, row.line, row.reason);
  }
  throw DataError(
      fmt::format("nothing to import: no row was accepted, {} rejected, {} below the minimum rating, {} of other "
                  "events{}{}{}\nnothing was stored",
                  report.rejected + report.rejected_attributes, report.below_min_rating, report.other_events,
                  report.other_events > 0 ? fmt::format(" ({})", events_there(importer)) : "",
                  reasons.empty() ? "" : ":", reasons));
}

// Collects the ids of users, and of the sessions that would replace missing users.
class IdSurvey : public RowSink {
 public:
  void interaction(const RowOrigin&, const InteractionText& row) override {
    const bool has_user = !is_null_mark(row.user);
    if (!has_user && (!row.session || is_null_mark(*row.session))) return;
    (has_user ? users_ : sessions_).insert(std::hash<std::string_view>()(has_user ? row.user : *row.session));
  }
  void item(const RowOrigin&, const ItemText&) override {}
  void user(const RowOrigin&, std::string_view) override {}
  void reject(const RowOrigin&, RowKind, const RejectReason&) override {}

  bool do_meet() const {
    return std::any_of(sessions_.begin(), sessions_.end(), [&](std::size_t id) { return users_.contains(id); });
  }

 private:
  std::unordered_set<std::size_t> users_;
  std::unordered_set<std::size_t> sessions_;
};

// What to put before the ids of sessions so that none equals a user's id; nothing if none does.
std::string_view session_prefix(const std::vector<FilePlan>& plans, const std::function<bool()>& should_stop) {
  IdSurvey survey;
  for (const FilePlan& plan : plans) {
    const Understanding& known = plan.reader->understanding();
    if (!known.columns.has(ColumnRole::session) || !known.columns.has(ColumnRole::user)) continue;
    plan.reader->read(*open_text(*plan.input), should_stop, survey);
  }
  return survey.do_meet() ? "session-" : "";
}

// Deletes what earlier imports of files of the same name or content stored; returns the number of interactions.
std::int64_t delete_earlier(const Database& db, const FilePlan& plan) {
  std::vector<std::int64_t> imports;
  Statement query = db.prepare("SELECT id FROM imports WHERE path = ? OR content = ?");
  query.bind(to_utf8(plan.input->name()), plan.content);
  while (query.step()) imports.push_back(query.integer(0));
  std::int64_t deleted = 0;
  for (const std::int64_t id : imports) {
    db.prepare("DELETE FROM interactions WHERE import_id = ?").run(id);
    deleted += db.changes();
    db.prepare("DELETE FROM import_rejects WHERE import_id = ?").run(id);
    db.prepare("DELETE FROM imports WHERE id = ?").run(id);
  }
  return deleted;
}

std::int64_t count(const Database& db, const char* sql) {
  Statement query = db.prepare(sql);
  query.step();
  return query.integer(0);
}

// Compares the items of a log with the described ones. Uses only this import if nothing else is stored: finding all
// items of a log is slow.
void look_at_attributes(const Database& db, const RowImporter& importer, bool has_earlier_rows, ImportReport& report) {
  SeenItems in_log;
  if (has_earlier_rows) {
    Statement log = db.prepare("SELECT DISTINCT item_id FROM interactions");
    while (log.step()) in_log.add(log.integer(0));
  }
  AttributeCoverage met;
  std::string only_in_log;
  std::string only_described;
  Statement items = db.prepare(
      "SELECT id, title IS NOT NULL OR quality IS NOT NULL OR clickbait IS NOT NULL OR minutes IS NOT NULL"
      " OR EXISTS (SELECT 1 FROM item_topics WHERE item_id = id)"
      " OR EXISTS (SELECT 1 FROM item_attributes WHERE item_id = id), key FROM items");
  while (items.step()) {
    const std::int64_t id = items.integer(0);
    const bool is_in_log = in_log.has(id) || importer.consumed().has(id);
    const bool is_described = items.integer(1) != 0;
    met.items_in_log += is_in_log;
    met.described_in_log += is_in_log && is_described;
    met.described += importer.described().has(id);
    met.described_elsewhere += importer.described().has(id) && !is_in_log;
    if (is_in_log && !is_described && only_in_log.empty()) only_in_log = items.text(2);
    if (is_described && !is_in_log && only_described.empty()) only_described = items.text(2);
  }
  report.attributes = met;
  constexpr std::int64_t few = 10;
  if (met.described_in_log * few < met.items_in_log && !only_described.empty()) {
    report.warnings.push_back(fmt::format(
        "{} of {} items of the log are described: check that both files use the same ids (one in the log is "
        "\"{}\", one described is \"{}\"), and see --columns item=NAME",
        met.described_in_log == 0 ? "none" : fmt::format("only {}", met.described_in_log), met.items_in_log,
        to_utf8(only_in_log), to_utf8(only_described)));
  }
}

void end_report(const Database& db, const ImportOptions& options, const RowImporter& importer, ImportReport& report) {
  const Counts counts = count_contents(db);
  report.users = counts.users;
  report.items = counts.items;
  if (report.outcome != ImportOutcome::stored) return;
  warn_of_events(options, importer, report);
  if (counts.untimed_interactions > 0 && counts.untimed_interactions < counts.interactions) {
    report.warnings.push_back(
        fmt::format("{} of {} interactions have no time: they come first in histories, and models are trained without "
                    "times",
                    counts.untimed_interactions, counts.interactions));
  }
  const bool describes = report.accepted_attributes > 0 || count(db, "SELECT EXISTS (SELECT 1 FROM item_topics)") != 0;
  const bool has_log = counts.interactions > 0;
  if (!describes || !has_log) return;
  look_at_attributes(db, importer, counts.interactions > report.accepted, report);
}

}  // namespace

ImportReport import_paths(Database& db, const ImportOptions& options, const ImportProgressCallback& callback) {
  ImportReport report;
  std::int64_t rows = 0;
  ProgressTeller progress(callback, rows);
  const auto should_stop = [&] { return progress.should_stop(); };

  const auto inputs = find_inputs(options.paths, should_stop);
  const std::vector<FilePlan> plans = plan_files(inputs, options, should_stop);
  const std::string_view prefix = session_prefix(plans, should_stop);
  std::uint64_t total = 0;
  for (const FilePlan& plan : plans) total += plan.input->size();
  progress.set_total(total);

  CatalogueWriter writer(db);
  RowImporter importer(db, writer, options, report, rows);
  const std::unordered_set<std::string> known = contents_imported(db);
  for (const FilePlan& plan : plans) {
    if (options.again) report.replaced += delete_earlier(db, plan);
    if (was_imported(db, plan.fingerprint)) {
      report.unchanged_files.push_back(plan.input->name());
    } else {
      const auto source = open_text(*plan.input);
      const std::int64_t duplicates = report.duplicates;
      progress.begin_file(*source);
      importer.begin_file(plan, prefix);
      plan.reader->read(*source, should_stop, importer);
      importer.end_file();
      if (!options.again && known.contains(plan.content) && report.duplicates > duplicates) {
        report.warnings.push_back(fmt::format(
            "{} was imported before and read differently: {} of its rows keep their earlier values; --again "
            "replaces them",
            plan.input->name(), report.duplicates - duplicates));
      }
    }
    progress.end_file(plan.input->size());
  }
  if (should_stop()) {
    report = {.outcome = ImportOutcome::stopped};
  } else if (report.imported_files.empty()) {
    report.outcome = ImportOutcome::unchanged;
  } else if (report.accepted + report.duplicates + report.accepted_attributes == 0) {
    throw_nothing_accepted(report, importer);
  }
  end_report(db, options, importer, report);
  if (report.outcome == ImportOutcome::stored && !options.dry_run) writer.commit();
  return report;
}

}  // namespace infodiet::recsys
