#include "recsys/import/recognise.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/values.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

using Recogniser = std::unique_ptr<RowReader>(const FileSample& sample, const ReadingOptions& options);

// In the order they are tried, the strictest first.
constexpr std::array<std::pair<ImportFormat, Recogniser*>, 7> recognisers{
    {{ImportFormat::jsonl, recognise_json},
     {ImportFormat::jsonl, recognise_item_lists},
     {ImportFormat::recbole, recognise_recbole},
     {ImportFormat::movielens, recognise_table},
     {ImportFormat::csv, recognise_table},
     {ImportFormat::pairs, recognise_pairs},
     {ImportFormat::sequence, recognise_sequence}}};

bool looks_like_json(const FileSample& sample) {
  const std::string_view first = trimmed(sample.lines.front());
  return first.starts_with('{') || first.starts_with('[');
}

[[noreturn]] void throw_not_recognised(const FileSample& sample, ImportFormat format) {
  constexpr std::size_t shown = 120;
  const std::string first = to_utf8(std::string_view(sample.lines.front()).substr(0, shown));
  if (format == ImportFormat::automatic) {
    throw DataError(fmt::format(
        "{}:1: cannot recognise this file; expected a first line that names columns such as user, item, time and "
        "rating, or one of the formats of --format; it starts with: {}\nName the columns (--columns "
        "user=NAME,item=NAME,time=NAME), or number them from 1 if the file has no names (--columns user=1,item=2), or "
        "say what it is (--format sequence)",
        sample.name, first));
  }
  throw DataError(fmt::format(
      "{}:1: not of the format {} with a column for users and one for items{}; it starts with: {}\nCheck --format and "
      "--columns, or leave out --format to have it recognised",
      sample.name, name_of(format), format == ImportFormat::jsonl ? "" : " (or items and their titles or topics)",
      first));
}

}  // namespace

std::unique_ptr<RowReader> recognise(const FileSample& sample, const ReadingOptions& options) {
  for (const auto& [format, recogniser] : recognisers) {
    const bool is_tried =
        options.format == ImportFormat::automatic ? format != ImportFormat::movielens : format == options.format;
    if (!is_tried) continue;
    if (options.format == ImportFormat::automatic && looks_like_json(sample) && format != ImportFormat::jsonl) break;
    if (auto reader = recogniser(sample, options)) {
      if (options.person) reader->understanding().person = options.person;
      return reader;
    }
  }
  throw_not_recognised(sample, options.format);
}

}  // namespace infodiet::recsys
