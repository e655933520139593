// `infodiet import`: interactions and items from files into the database.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "recsys/import/import.hpp"
#include "recsys/import/input.hpp"
#include "recsys/suggest.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/interrupt.hpp"
#include "tools/terminal/progress.hpp"
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
  std::optional<double> min_rating_;
  std::int64_t max_errors_ = 1000;
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

recsys::ImportReport import_with_progress(recsys::Database& db, const recsys::ImportOptions& options,
                                          const Console& console) {
  const InterruptFlag interrupt;
  Progress progress(console, "importing", 0);
  return recsys::import_paths(db, options, [&](const recsys::ImportProgress& state) {
    progress.update(state.bytes_done, state.bytes_total, fmt::format("{} rows", state.rows));
    return interrupt.raised() ? recsys::Proceed::stop : recsys::Proceed::yes;
  });
}

Json to_json(const recsys::ImportReport& report) {
  Json files = Json::array();
  for (const recsys::ImportedFile& file : report.imported_files) {
    files.push_back(Json{{"path", file.name}, {"format", recsys::name_of(file.format)}});
  }
  Json rejects = Json::array();
  for (const recsys::RejectedRow& row : report.first_rejects) {
    rejects.push_back(Json{{"file", row.file}, {"line", row.line}, {"reason", row.reason}, {"text", row.text}});
  }
  return Json{{"changed", report.outcome == recsys::ImportOutcome::stored},
              {"accepted", report.accepted},
              {"rejected", report.rejected},
              {"duplicates", report.duplicates},
              {"below_min_rating", report.below_min_rating},
              {"accepted_attributes", report.accepted_attributes},
              {"rejected_attributes", report.rejected_attributes},
              {"users", report.users},
              {"items", report.items},
              {"files", std::move(files)},
              {"unchanged_files", report.unchanged_files},
              {"first_rejects", std::move(rejects)}};
}

void print_report(const recsys::ImportReport& report, const std::string& database, const Console& console) {
  for (const recsys::ImportedFile& file : report.imported_files) {
    console.print(fmt::format("read          {} ({})", printable(file.name), recsys::name_of(file.format)));
  }
  for (const std::string& name : report.unchanged_files) {
    console.print(fmt::format("unchanged     {}: imported before", printable(name)));
  }
  if (report.outcome == recsys::ImportOutcome::unchanged) {
    console.print("nothing changed");
  } else {
    std::string interactions =
        fmt::format("{} accepted, {} rejected, {} duplicates", report.accepted, report.rejected, report.duplicates);
    if (report.below_min_rating > 0)
      interactions += fmt::format(", {} below the minimum rating", report.below_min_rating);
    console.print(fmt::format("interactions  {}", interactions));
    if (report.accepted_attributes + report.rejected_attributes > 0) {
      console.print(fmt::format("attributes    {} accepted, {} rejected", report.accepted_attributes,
                                report.rejected_attributes));
    }
  }
  console.print(fmt::format("{:<12}  {} users, {} items", "now in file", report.users, report.items));
  const std::int64_t rejected = report.rejected + report.rejected_attributes;
  if (rejected == 0) return;
  console.note(fmt::format("{} rows were rejected; the first:", rejected));
  for (const recsys::RejectedRow& row : report.first_rejects) {
    console.note(fmt::format("  {}:{}: {}", row.file, row.line, row.reason));
  }
  console.note(fmt::format("All are kept: sqlite3 {} 'SELECT line, reason, text FROM import_rejects'", database));
}

}  // namespace

void ImportCommand::setup(CommandSpec& spec) {
  spec.description =
      "Loads interactions and items from files, folders, gzip and zip archives, or standard input (-) into the "
      "database, which is made where it is missing. Each file's format is found out: tables with a header (CSV, TSV), "
      "MovieLens, RecBole's atomic files, sequences (user item item ...), pairs (user item), JSON lines. Rows that "
      "cannot be taken are counted and kept with line and reason. All is stored or nothing; the same content again "
      "changes nothing.";
  spec.example = "infodiet import world --db world.db";
  spec.options.positional(
      {.value = "PATH...", .help = "files, folders, archives, or - for standard input", .required = true}, paths_);
  spec.options.choice({.name = "format", .value = "NAME", .help = "what the files are"}, format_, formats);
  spec.options.text({.name = "columns",
                     .value = "ROLE=NAME,...",
                     .help = "what columns are called (or their numbers from 1 where there is no header); roles: " +
                             fmt::format("{}", fmt::join(role_names(), ", "))},
                    columns_);
  spec.options.number({.name = "min-rating", .value = "X", .help = "leave out interactions rated below"}, min_rating_);
  spec.options.integer(
      {.name = "max-errors", .value = "N", .help = "store nothing if more rows than this are rejected"}, max_errors_,
      {.minimum = 0});
}

ExitCode ImportCommand::run(const Context& context) {
  const std::string& path = context.shared.database;
  const Console& console = context.console;
  recsys::ImportOptions options{.paths = paths_,
                                .format = recsys::import_format_named(format_).value(),
                                .min_rating = min_rating_,
                                .max_errors = max_errors_};
  if (columns_) options.columns = parse_columns(*columns_);
  recsys::require_paths_exist(paths_);
  recsys::Database db(path, recsys::OpenMode::create);
  const recsys::ImportReport report = import_with_progress(db, options, console);
  if (report.outcome == recsys::ImportOutcome::stopped) throw Interrupted("interrupted: nothing was stored");
  if (console.json()) {
    console.print_json(to_json(report));
  } else {
    print_report(report, path, console);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_import() {
  return std::make_unique<ImportCommand>();
}

}  // namespace infodiet::tools
