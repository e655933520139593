#include "recsys/import/file_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/store/digest.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t sample_lines = 100;
constexpr std::size_t sample_bytes = std::size_t{1} << 18;

// In the order they are tried: each next one asks for less.
constexpr std::array<std::pair<ImportFormat, Recogniser*>, 6> recognisers{
    {{ImportFormat::jsonl, recognise_jsonl},
     {ImportFormat::recbole, recognise_recbole},
     {ImportFormat::movielens, recognise_movielens},
     {ImportFormat::csv, recognise_csv},
     {ImportFormat::pairs, recognise_pairs},
     {ImportFormat::sequence, recognise_sequence}}};

// Text holds hardly any control characters and, where it is not ASCII, mostly valid UTF-8 or single accents.
bool is_binary(std::span<const char> start) {
  std::size_t strange = 0;
  for (const char c : start) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') ++strange;
  }
  constexpr std::size_t few = 3;
  constexpr std::size_t share = 12;
  return strange > few && strange > start.size() / share;
}

void check_is_text(const Input& input) {
  std::vector<char> start(std::size_t{1} << 16);
  const std::size_t size = input.open()->read(start);
  if (size == 0) throw DataError(fmt::format("{}: the file is empty", input.name()));
  if (is_binary(std::span(start).first(size))) {
    throw DataError(fmt::format("{}: a binary file; expected text, or text packed by gzip or zip", input.name()));
  }
}

FileSample sample_of(const Input& input) {
  FileSample sample{.name = input.name(), .lines = {}};
  const auto source = input.open();
  LineReader reader(*source, [] { return false; });
  std::size_t bytes = 0;
  for (Line line; sample.lines.size() < sample_lines && bytes < sample_bytes && reader.next(line);) {
    bytes += line.text.size();
    if (!line.text.empty() && line.problem == nullptr) sample.lines.emplace_back(line.text);
  }
  return sample;
}

[[noreturn]] void throw_not_recognised(const FileSample& sample, ImportFormat format) {
  constexpr std::size_t shown = 120;
  const std::string first = to_utf8(std::string_view(sample.lines.front()).substr(0, shown));
  if (format == ImportFormat::automatic) {
    throw DataError(fmt::format(
        "{}:1: cannot tell what this file holds; expected a first line that names columns such as user, item, time and "
        "rating, or one of the formats of --format; it starts with: {}\nName the columns (--columns "
        "user=NAME,item=NAME,time=NAME), or number them from 1 if the file has no names (--columns user=1,item=2), or "
        "say what it is (--format sequence)",
        sample.name, first));
  }
  throw DataError(fmt::format(
      "{}:1: not of the format {} with a column for users and one for items{}; it starts with: {}\nCheck --format and "
      "--columns, or leave out --format to have it found",
      sample.name, name_of(format), format == ImportFormat::jsonl ? "" : " (or items and their titles or topics)",
      first));
}

std::string fingerprint_of(const Input& input, ImportFormat format, const ImportOptions& options,
                           const std::function<bool()>& should_stop) {
  Digest digest;
  digest.add(name_of(format));
  for (const auto& [role, name] : options.columns) digest.add(name_of(role)).add(name);
  digest.add(options.min_rating ? fmt::format("{}", *options.min_rating) : "");
  const auto source = input.open();
  std::vector<char> block(std::size_t{1} << 20);
  for (std::size_t size = source->read(block); size > 0 && !should_stop(); size = source->read(block)) {
    digest.append(std::as_bytes(std::span(block).first(size)));
  }
  return digest.hex();
}

FilePlan plan_file(const Input& input, const ImportOptions& options, const std::function<bool()>& should_stop) {
  check_is_text(input);
  const FileSample sample = sample_of(input);
  if (sample.lines.empty()) {
    throw DataError(
        fmt::format("{}: the file holds no line that can be read, only blank ones or NUL bytes", input.name()));
  }
  const auto knowledge = options.format == ImportFormat::automatic ? Knowledge::guess : Knowledge::told;
  for (const auto& [format, recognise] : recognisers) {
    if (knowledge == Knowledge::told && format != options.format) continue;
    if (auto reader = recognise(sample, options.columns, knowledge)) {
      return {.input = &input,
              .format = format,
              .reader = std::move(reader),
              .fingerprint = fingerprint_of(input, format, options, should_stop)};
    }
  }
  throw_not_recognised(sample, options.format);
}

void check_columns_are_used(const std::vector<FilePlan>& plans, const ColumnNames& columns) {
  for (const auto& [role, name] : columns) {
    const bool used = name.empty() || std::any_of(plans.begin(), plans.end(), [role = role](const FilePlan& plan) {
                        return plan.reader->uses(role);
                      });
    if (!used) {
      throw DataError(fmt::format("{}: there is no column \"{}\" (--columns {}={}); check how the first line spells it",
                                  plans.front().input->name(), name, name_of(role), name));
    }
  }
}

}  // namespace

bool most_lines(const FileSample& sample, const std::function<bool(std::string_view)>& accept) {
  const auto count = std::count_if(sample.lines.begin(), sample.lines.end(), accept);
  return static_cast<std::size_t>(count) * 4 >= sample.lines.size() * 3;
}

std::vector<FilePlan> plan_files(const std::vector<std::unique_ptr<Input>>& inputs, const ImportOptions& options,
                                 const std::function<bool()>& should_stop) {
  std::vector<FilePlan> plans;
  for (const auto& input : inputs) {
    if (should_stop()) return plans;
    plans.push_back(plan_file(*input, options, should_stop));
  }
  check_columns_are_used(plans, options.columns);
  std::stable_partition(plans.begin(), plans.end(),
                        [](const FilePlan& plan) { return plan.reader->contents() == Contents::items; });
  return plans;
}

}  // namespace infodiet::recsys
