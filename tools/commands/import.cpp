// `infodiet import`: interactions and items from files into the database.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "recsys/import/import.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/values.hpp"
#include "recsys/store/key_cache.hpp"
#include "recsys/store/new_database.hpp"
#include "recsys/store/ratings.hpp"
#include "recsys/suggest.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/import_slates.hpp"
#include "tools/commands/import_vectors.hpp"
#include "tools/terminal/interrupt.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/ratings_text.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class ImportCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::vector<std::string> paths_;
  std::string format_ = "auto";
  std::optional<std::string> columns_;
  recsys::ImportOptions import_options() const;

  std::optional<std::string> slates_;
  std::optional<std::string> vectors_;
  std::optional<std::string> ids_;
  std::optional<std::string> person_;
  std::optional<std::string> time_unit_;
  std::string time_format_;
  std::string topic_separator_;
  std::optional<double> min_rating_;
  std::optional<std::string> only_events_;
  std::optional<std::string> event_weights_;
  std::int64_t max_errors_ = 1000;
  bool again_ = false;
  bool dry_run_ = false;
};

const std::vector<std::string> formats{"auto", "csv", "movielens", "recbole", "sequence", "pairs", "jsonl"};

std::vector<std::string> role_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < recsys::column_role_count; ++i) {
    names.emplace_back(recsys::name_of(static_cast<recsys::ColumnRole>(i)));
  }
  return names;
}

// "user=UserId,time=when"
recsys::ColumnNames parse_columns(const std::string& text) {
  const std::vector<std::string> roles = role_names();
  recsys::ColumnNames columns;
  for (const std::string& part : split_list(text)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) {
      throw UsageError(fmt::format("--columns: expected role=name,..., but got '{}'", printable(part)));
    }
    const std::string role_name = part.substr(0, equals);
    const auto role = recsys::column_role_named(role_name);
    if (!role) {
      throw UsageError(fmt::format("--columns: expected a role among {}, but got '{}'{}", fmt::join(roles, ", "),
                                   printable(role_name), recsys::suggestion(role_name, roles)));
    }
    if (!columns.emplace(*role, part.substr(equals + 1)).second) {
      throw UsageError(fmt::format("--columns: {} is given more than once", role_name));
    }
  }
  return columns;
}

// "view=0.2,purchase=1"
std::map<std::string, double> parse_weights(const std::string& text) {
  std::map<std::string, double> weights;
  for (const std::string& part : split_list(text)) {
    const std::size_t equals = part.rfind('=');
    const auto weight = equals == std::string::npos ? std::nullopt : recsys::parse_number(part.substr(equals + 1));
    if (!weight || !(*weight >= 0) || !std::isfinite(*weight)) {
      throw UsageError(
          fmt::format("--event-weights: expected event=number,... with numbers from 0, but got '{}'", printable(part)));
    }
    weights[part.substr(0, equals)] = *weight;
  }
  return weights;
}

recsys::ImportReport import_with_progress(recsys::Database& db, const recsys::ImportOptions& options,
                                          const Console& console) {
  const InterruptFlag interrupt;
  Progress progress(console, "importing", 0);
  return recsys::import_paths(db, options, [&](const recsys::ImportProgress& state) {
    progress.update(state.bytes_done, state.bytes_total, fmt::format("{} rows", state.rows));
    return interrupt.raised() ? recsys::Proceed::stop : recsys::Proceed::yes;
  });
}

bool has_real_times(const recsys::ImportedFile& file) {
  return file.first_time && file.understanding.time && file.understanding.time->is_real();
}

// How the values of a column are read, if its role alone does not say.
std::string reading_of(const recsys::Understanding& known, std::string_view use) {
  if (use == "time" && known.time) return recsys::describe(*known.time);
  if (use == "topics") return known.topics;
  return {};
}

Json json_of(const recsys::ImportedFile& file) {
  const recsys::Understanding& known = file.understanding;
  Json columns = Json::array();
  Json unused = Json::array();
  for (std::size_t i = 0; i < known.names.size(); ++i) {
    if (known.uses[i].empty()) {
      unused.push_back(known.names[i]);
      continue;
    }
    Json column{{"column", known.names[i]}, {"role", known.uses[i]}};
    if (const std::string reading = reading_of(known, known.uses[i]); !reading.empty()) column["reading"] = reading;
    columns.push_back(std::move(column));
  }
  Json json{{"path", file.name},
            {"format", recsys::name_of(known.format)},
            {"layout", known.layout.empty() ? Json() : Json(known.layout)},
            {"dialect", known.dialect},
            {"columns", std::move(columns)},
            {"unused", std::move(unused)},
            {"notes", file.notes},
            {"first_rows", file.first_rows}};
  json["first_time"] = has_real_times(file) ? Json(file.first_time->seconds) : Json();
  json["last_time"] = has_real_times(file) ? Json(file.last_time->seconds) : Json();
  return json;
}

Json json_of(const std::vector<recsys::RejectedRow>& rows) {
  Json rejects = Json::array();
  for (const recsys::RejectedRow& row : rows) {
    rejects.push_back(Json{{"file", row.file}, {"line", row.line}, {"reason", row.reason}, {"text", row.text}});
  }
  return rejects;
}

Json json_of(const recsys::ImportReport& report, bool is_dry_run) {
  Json files = Json::array();
  for (const recsys::ImportedFile& file : report.imported_files) files.push_back(json_of(file));
  Json causes = Json::array();
  for (const recsys::RejectGroup& group : report.rejects) {
    causes.push_back(Json{{"cause", group.cause}, {"count", group.count}, {"first", json_of(group.first)}});
  }
  Json json{{"changed", report.outcome == recsys::ImportOutcome::stored && !is_dry_run},
            {"dry_run", is_dry_run},
            {"accepted", report.accepted},
            {"rejected", report.rejected},
            {"duplicates", report.duplicates},
            {"below_min_rating", report.below_min_rating},
            {"other_events", report.other_events},
            {"replaced", report.replaced},
            {"accepted_attributes", report.accepted_attributes},
            {"rejected_attributes", report.rejected_attributes},
            {"users", report.users},
            {"items", report.items},
            {"files", std::move(files)},
            {"unchanged_files", report.unchanged_files},
            {"rejects", std::move(causes)},
            {"first_rejects", json_of(report.first_rejects)},
            {"warnings", report.warnings}};
  if (const auto& met = report.attributes) {
    json["attributes"] = {{"items_in_log", met->items_in_log},
                          {"described_in_log", met->described_in_log},
                          {"described", met->described},
                          {"described_elsewhere", met->described_elsewhere}};
  }
  return json;
}

void print_file(const recsys::ImportedFile& file, bool shows_rows, const Console& console) {
  const recsys::Understanding& known = file.understanding;
  const auto line = [&](std::string_view label, std::string_view text) {
    console.print(fmt::format("  {:<11} {}", label, printable(std::string(text))));
  };
  console.print(fmt::format("read          {} ({}{}{}: {})", printable(file.name), recsys::name_of(known.format),
                            known.layout.empty() ? "" : ", ", known.layout, known.dialect));
  std::vector<std::string> unused;
  const auto print_column = [&](std::string_view label, std::size_t column, const std::string& reading) {
    line(label, reading.empty() ? known.names[column] : fmt::format("{}: {}", known.names[column], reading));
  };
  for (std::size_t role = 0; role < recsys::column_role_count; ++role) {
    const auto column = known.columns[static_cast<recsys::ColumnRole>(role)];
    if (column) print_column(known.uses[*column], *column, reading_of(known, known.uses[*column]));
  }
  for (std::size_t i = 0; i < known.names.size(); ++i) {
    if (known.uses[i].empty()) {
      if (!known.names[i].empty()) unused.push_back(known.names[i]);
    } else if (!known.columns.role_of(i)) {
      print_column("", i, known.uses[i]);
    }
  }
  if (!unused.empty()) line("unused", fmt::format("{}", fmt::join(unused, ", ")));
  if (has_real_times(file)) {
    line("from", fmt::format("{} to {}", recsys::text_of(*file.first_time), recsys::text_of(*file.last_time)));
  }
  for (const std::string& note : file.notes) line("note", note);
  if (!shows_rows) return;
  for (const std::string& row : file.first_rows) line("row", row);
}

void print_counts(const recsys::ImportReport& report, const Console& console) {
  std::string interactions =
      fmt::format("{} accepted, {} rejected, {} duplicates", report.accepted, report.rejected, report.duplicates);
  if (report.below_min_rating > 0)
    interactions += fmt::format(", {} below the minimum rating", report.below_min_rating);
  if (report.other_events > 0) interactions += fmt::format(", {} of other events", report.other_events);
  if (report.replaced > 0) interactions += fmt::format("; {} earlier ones replaced", report.replaced);
  console.print(fmt::format("interactions  {}", interactions));
  if (report.accepted_attributes + report.rejected_attributes > 0) {
    console.print(
        fmt::format("attributes    {} accepted, {} rejected", report.accepted_attributes, report.rejected_attributes));
  }
  if (const auto& met = report.attributes) {
    console.print(fmt::format("described     {} of {} items of the log", met->described_in_log, met->items_in_log));
    if (met->described_elsewhere > 0) {
      console.print(fmt::format("              {} not in the log",
                                counted(met->described_elsewhere, "item described is", "items described are")));
    }
  }
}

void note_rejects(const recsys::ImportReport& report, const std::string& database, bool is_dry_run,
                  const Console& console) {
  for (const std::string& warning : report.warnings) console.note(fmt::format("warning: {}", printable(warning)));
  const std::int64_t rejected = report.rejected + report.rejected_attributes;
  if (rejected == 0) return;
  console.note(fmt::format("{} rejected:", counted(rejected, "row was", "rows were")));
  for (const recsys::RejectGroup& group : report.rejects) {
    console.note(fmt::format("  {}: {}", group.count, printable(group.cause)));
    for (const recsys::RejectedRow& row : group.first) {
      console.note(fmt::format("    {}:{}: {}", printable(row.file), row.line, printable(row.text)));
    }
  }
  if (!is_dry_run) {
    console.note(fmt::format("All are kept: sqlite3 {} 'SELECT line, reason, text FROM import_rejects'", database));
  }
}

void print_report(const recsys::ImportReport& report, const std::string& database, bool is_dry_run,
                  const Console& console) {
  for (const recsys::ImportedFile& file : report.imported_files) print_file(file, is_dry_run, console);
  for (const std::string& name : report.unchanged_files) {
    console.print(fmt::format("unchanged     {}: imported before", printable(name)));
  }
  if (report.outcome == recsys::ImportOutcome::unchanged) {
    console.print("nothing changed");
  } else {
    print_counts(report, console);
  }
  console.print(fmt::format("{:<12}  {}, {}", is_dry_run ? "would be" : "now in file",
                            counted(report.users, "user", "users"), counted(report.items, "item", "items")));
  if (is_dry_run) console.print("nothing was stored (--dry-run)");
  note_rejects(report, database, is_dry_run, console);
}

}  // namespace

void ImportCommand::setup(CommandSpec& spec) {
  spec.description =
      "Loads interactions and items from files, folders, gzip and zip archives, or standard input (-) into the "
      "database, which is created if missing. Each file's format is recognised: tables with a header (CSV, TSV), "
      "MovieLens, RecBole's atomic files, sequences (user item item ...), pairs (user item), JSON lines. Invalid rows "
      "are counted and kept with line and reason. Everything is stored or nothing; the same content again changes "
      "nothing.";
  spec.example = "infodiet import world --db world.db";
  spec.options.positional({.value = "PATH...", .help = "files, folders, archives, or - for standard input"}, paths_);
  spec.options.text(
      {.name = "slates", .value = "FILE", .help = "a log of slates and their probabilities, for evaluate --logged"},
      slates_);
  spec.options.text({.name = "vectors",
                     .value = "FILE.npy",
                     .help = "vectors of items, float32 or float64, from which the model learns; needs --ids"},
                    vectors_);
  spec.options.text({.name = "ids",
                     .value = "FILE",
                     .help = "the items of --vectors in the order of its rows: an id a line, or a JSON array"},
                    ids_);
  spec.options.choice({.name = "format", .value = "NAME", .help = "the format of the files"}, format_, formats);
  spec.options.text({.name = "columns",
                     .value = "ROLE=NAME,...",
                     .help = "names of columns (or their numbers from 1, without a header); roles: " +
                             fmt::format("{}", fmt::join(role_names(), ", "))},
                    columns_);
  spec.options.text(
      {.name = "user", .value = "NAME", .help = "the user of all rows, for personal exports that name nobody"},
      person_);
  spec.options.text({.name = "time-unit", .value = "s|ms|us|ns", .help = "the unit of times that are numbers"},
                    time_unit_);
  spec.options.text(
      {.name = "time-format", .value = "FORMAT", .help = "the format of times, in strptime's syntax: %d/%m/%Y"},
      time_format_);
  spec.options.text({.name = "topic-separator", .value = "TEXT", .help = "the separator between the topics of an item"},
                    topic_separator_);
  spec.options.text({.name = "only-events", .value = "EVENT,...", .help = "leave out interactions of all other events"},
                    only_events_);
  spec.options.text(
      {.name = "event-weights", .value = "EVENT=W,...", .help = "weights of events in training; 1 for other events"},
      event_weights_);
  spec.options.number({.name = "min-rating", .value = "X", .help = "leave out interactions rated lower, or not rated"},
                      min_rating_);
  spec.options.integer(
      {.name = "max-errors", .value = "N", .help = "store nothing if more rows than this are rejected"}, max_errors_,
      {.minimum = 0});
  spec.options.flag({.name = "again", .help = "replace what a file of the same name or content stored before"}, again_);
  spec.options.flag({.name = "dry-run", .help = "show what would be imported, but store nothing"}, dry_run_);
}

recsys::ImportOptions ImportCommand::import_options() const {
  recsys::ImportOptions options{.paths = paths_,
                                .format = recsys::import_format_named(format_).value(),
                                .time_format = time_format_,
                                .topic_separator = topic_separator_,
                                .person = person_,
                                .min_rating = min_rating_,
                                .max_errors = max_errors_,
                                .again = again_,
                                .dry_run = dry_run_};
  if (columns_) options.columns = parse_columns(*columns_);
  if (only_events_) options.only_events = split_list(*only_events_);
  if (event_weights_) options.event_weights = parse_weights(*event_weights_);
  if (time_unit_) {
    options.time_unit = recsys::time_unit_named(*time_unit_);
    if (!options.time_unit) {
      throw UsageError(fmt::format("--time-unit: expected s, ms, us or ns, but got '{}'", printable(*time_unit_)));
    }
  }
  if (person_ && recsys::key_problem(*person_)) throw UsageError("--user: expected a name of 1 to 1024 bytes");
  return options;
}

ExitCode ImportCommand::run(const Context& context) {
  if (slates_) {
    if (!paths_.empty()) throw UsageError("--slates imports only a log of slates: leave out PATH...");
    import_slates(context, *slates_, max_errors_);
    return ExitCode::done;
  }
  if (vectors_ || ids_) {
    if (!vectors_ || !ids_) throw UsageError("--vectors FILE.npy and --ids FILE belong together: give both");
    if (!paths_.empty()) throw UsageError("--vectors imports only vectors: leave out PATH...");
    import_vectors(context, {.vectors = *vectors_, .ids = *ids_, .again = again_, .dry_run = dry_run_});
    return ExitCode::done;
  }
  if (paths_.empty()) throw UsageError("PATH... is missing");
  const std::string& path = context.shared.database;
  const Console& console = context.console;
  const recsys::ImportOptions options = import_options();
  recsys::require_paths_exist(paths_);
  recsys::DatabaseToFill file(path);
  const recsys::ImportReport report = import_with_progress(file.db(), options, console);
  if (report.outcome == recsys::ImportOutcome::stopped) throw Interrupted("interrupted: nothing was stored");
  const recsys::RatedCounts ratings = recsys::count_rated(file.db());
  if (!dry_run_) file.commit();
  if (console.json()) {
    Json json = json_of(report, dry_run_);
    json["ratings"] = {{"rated", ratings.rated}, {"low", ratings.low}};
    console.print_json(json);
  } else {
    print_report(report, path, dry_run_, console);
    if (ratings.rated > 0) console.print(fmt::format("ratings       {}", ratings_text(ratings)));
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_import() {
  return std::make_unique<ImportCommand>();
}

}  // namespace infodiet::tools
