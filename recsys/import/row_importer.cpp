#include "recsys/import/row_importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>

#include "recsys/errors.hpp"
#include "recsys/import/values.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t kept_text_bytes = 200;
constexpr std::size_t shown_rejects = 10;

// The start of a row as a person may read it.
std::string shown_text(std::string_view text) {
  std::string shown(text.substr(0, kept_text_bytes));
  std::replace(shown.begin(), shown.end(), '\0', ' ');
  // A character cut in half at the end must not make Latin-1 of the rest.
  for (int cut = 0; cut < 3 && text.size() > kept_text_bytes && !is_valid_utf8(shown); ++cut) shown.pop_back();
  return to_utf8(shown);
}

struct Limits {
  double low;
  double high;
};

// What is wrong with the number, or empty; `value` becomes what it is.
std::string number_problem(std::string_view name, std::string_view text, Limits limits, std::optional<double>& value) {
  const std::optional<double> number = parse_number(text);
  if (!number) return fmt::format("{}: not a number: \"{}\"", name, shown_text(text));
  if (std::isnan(*number) || std::isinf(*number)) return fmt::format("{}: not a finite number: \"{}\"", name, text);
  if (*number < limits.low || *number > limits.high) {
    return limits.high == std::numeric_limits<double>::infinity()
               ? fmt::format("{}: {} is less than {}", name, *number, limits.low)
               : fmt::format("{}: {} is not between {} and {}", name, *number, limits.low, limits.high);
  }
  value = number;
  return {};
}

constexpr Limits not_negative{0, std::numeric_limits<double>::infinity()};

}  // namespace

RowImporter::RowImporter(Database& db, CatalogueWriter& writer, const ImportOptions& options, ImportReport& report,
                         std::int64_t& rows)
    : db_(&db),
      writer_(&writer),
      options_(&options),
      report_(&report),
      rows_(&rows),
      insert_reject_(db.prepare("INSERT INTO import_rejects (import_id, line, reason, text) VALUES (?, ?, ?, ?)")) {}

void RowImporter::begin_file(const FilePlan& plan) {
  file_ = plan.input->name();
  before_ = *report_;
  db_->prepare(
         "INSERT INTO imports (created, path, format, fingerprint, accepted, rejected, duplicates,"
         " below_min_rating) VALUES (?, ?, ?, ?, 0, 0, 0, 0)")
      .run(static_cast<std::int64_t>(std::time(nullptr)), to_utf8(file_), name_of(plan.format), plan.fingerprint);
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
}

void RowImporter::interaction(const RowOrigin& origin, const InteractionText& row) {
  const auto refuse = [&](std::string_view reason) { reject(origin, RowKind::interaction, reason); };
  if (const auto problem = key_problem(row.user)) return refuse(fmt::format("user: {}", *problem));
  if (const auto problem = key_problem(row.item)) return refuse(fmt::format("item: {}", *problem));
  Interaction interaction;
  if (row.time) {
    interaction.time = parse_time(*row.time);
    if (!interaction.time) {
      return refuse(fmt::format("time: neither a number of seconds nor a date: \"{}\"", shown_text(*row.time)));
    }
  }
  if (row.rating) {
    const std::string problem = number_problem("rating", *row.rating, not_negative, interaction.rating);
    if (!problem.empty()) return refuse(problem);
  }
  ++*rows_;
  if (options_->min_rating && interaction.rating && *interaction.rating < *options_->min_rating) {
    ++report_->below_min_rating;
    return;
  }
  interaction.user_id = writer_->user(row.user);
  interaction.item_id = writer_->item(row.item);
  writer_->add(interaction);
}

void RowImporter::item(const RowOrigin& origin, const ItemText& row) {
  const auto refuse = [&](std::string_view reason) { reject(origin, RowKind::attributes, reason); };
  if (const auto problem = key_problem(row.key)) return refuse(fmt::format("item: {}", *problem));
  Item item{.key = std::string(row.key)};
  if (row.title && !row.title->empty()) item.title = to_utf8(*row.title);
  for (const std::string_view topic : row.topics) {
    std::string name = to_utf8(topic);
    if (!name.empty() && std::find(item.topics.begin(), item.topics.end(), name) == item.topics.end()) {
      item.topics.push_back(std::move(name));
    }
  }
  // An attribute left empty is unknown, which is not an error.
  const auto attribute = [](std::string_view name, const std::optional<std::string_view>& text, Limits limits,
                            std::optional<double>& value) {
    return text && !text->empty() ? number_problem(name, *text, limits, value) : std::string();
  };
  for (const std::string& problem : {attribute("quality", row.quality, {-1, 1}, item.quality),
                                     attribute("clickbait", row.clickbait, {0, 1}, item.clickbait),
                                     attribute("minutes", row.minutes, not_negative, item.minutes)}) {
    if (!problem.empty()) return refuse(problem);
  }
  writer_->put_item(item);
  ++*rows_;
  ++report_->accepted_attributes;
}

void RowImporter::user(const RowOrigin& origin, std::string_view key) {
  if (const auto problem = key_problem(key)) {
    return reject(origin, RowKind::attributes, fmt::format("user: {}", *problem));
  }
  writer_->user(key);
  ++*rows_;
  ++report_->accepted_attributes;
}

void RowImporter::reject(const RowOrigin& origin, RowKind kind, std::string_view reason) {
  ++*rows_;
  ++(kind == RowKind::interaction ? report_->rejected : report_->rejected_attributes);
  const std::string text = shown_text(origin.text);
  if (report_->first_rejects.size() < shown_rejects) {
    report_->first_rejects.push_back({file_, origin.line, std::string(reason), text});
  }
  if (report_->rejected + report_->rejected_attributes > options_->max_errors) throw_too_many();
  insert_reject_.run(import_id_, origin.line, reason, text);
}

void RowImporter::throw_too_many() const {
  const RejectedRow& first = report_->first_rejects.front();
  std::string message = fmt::format("{}:{}: {}: {}", first.file, first.line, first.reason, first.text);
  for (std::size_t i = 1; i < report_->first_rejects.size(); ++i) {
    const RejectedRow& row = report_->first_rejects[i];
    message += fmt::format("\n{}:{}: {}: {}", row.file, row.line, row.reason, row.text);
  }
  throw DataError(fmt::format(
      "{}\nmore than {} rows were rejected (--max-errors), so nothing was stored; check --format and --columns, or the "
      "file",
      message, options_->max_errors));
}

}  // namespace infodiet::recsys
