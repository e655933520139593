#include "recsys/import/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/file_plan.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/row_importer.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::array<std::pair<ImportFormat, std::string_view>, 7> format_names{{{ImportFormat::automatic, "auto"},
                                                                                 {ImportFormat::csv, "csv"},
                                                                                 {ImportFormat::movielens, "movielens"},
                                                                                 {ImportFormat::recbole, "recbole"},
                                                                                 {ImportFormat::sequence, "sequence"},
                                                                                 {ImportFormat::pairs, "pairs"},
                                                                                 {ImportFormat::jsonl, "jsonl"}}};

// Adds up how far reading has come over several files, and remembers being told to stop.
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

bool was_imported(const Database& db, const std::string& fingerprint) {
  Statement query = db.prepare("SELECT 1 FROM imports WHERE fingerprint = ?");
  query.bind(fingerprint);
  return query.step();
}

[[noreturn]] void throw_nothing_accepted(const ImportReport& report) {
  std::string reasons;
  for (const RejectedRow& row : report.first_rejects) {
    reasons += fmt::format("\n  {}:{}: {}", row.file, row.line, row.reason);
  }
  throw DataError(fmt::format(
      "nothing to import: no row was accepted, {} rejected, {} below the minimum rating{}{}\nnothing was stored",
      report.rejected + report.rejected_attributes, report.below_min_rating, reasons.empty() ? "" : ":", reasons));
}

}  // namespace

std::string_view name_of(ImportFormat format) {
  return std::find_if(format_names.begin(), format_names.end(),
                      [&](const auto& entry) { return entry.first == format; })
      ->second;
}

std::optional<ImportFormat> import_format_named(std::string_view name) {
  const auto found =
      std::find_if(format_names.begin(), format_names.end(), [&](const auto& entry) { return entry.second == name; });
  return found == format_names.end() ? std::nullopt : std::optional(found->first);
}

ImportReport import_paths(Database& db, const ImportOptions& options, const ImportProgressCallback& callback) {
  ImportReport report;
  std::int64_t rows = 0;
  ProgressTeller progress(callback, rows);
  const auto should_stop = [&] { return progress.should_stop(); };

  const auto inputs = find_inputs(options.paths, should_stop);
  const std::vector<FilePlan> plans = plan_files(inputs, options, should_stop);
  std::uint64_t total = 0;
  for (const FilePlan& plan : plans) total += plan.input->size();
  progress.set_total(total);

  CatalogueWriter writer(db);
  RowImporter importer(db, writer, options, report, rows);
  for (const FilePlan& plan : plans) {
    if (was_imported(db, plan.fingerprint)) {
      report.unchanged_files.push_back(plan.input->name());
    } else {
      const auto source = plan.input->open();
      LineReader lines(*source, should_stop);
      progress.begin_file(*source);
      importer.begin_file(plan);
      plan.reader->read(lines, importer);
      importer.end_file();
      report.imported_files.push_back({plan.input->name(), plan.format});
    }
    progress.end_file(plan.input->size());
  }
  if (should_stop()) {
    report = {.outcome = ImportOutcome::stopped};
  } else if (report.imported_files.empty()) {
    report.outcome = ImportOutcome::unchanged;
  } else if (report.accepted + report.duplicates + report.accepted_attributes == 0) {
    throw_nothing_accepted(report);
  } else {
    writer.commit();
  }
  const Counts counts = count_contents(db);
  report.users = counts.users;
  report.items = counts.items;
  return report;
}

}  // namespace infodiet::recsys
