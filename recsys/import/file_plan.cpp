#include "recsys/import/file_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/line_reader.hpp"
#include "recsys/import/recognise.hpp"
#include "recsys/import/text_decoder.hpp"
#include "recsys/store/digest.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t sample_lines = 2000;
constexpr std::size_t sample_bytes = std::size_t{1} << 18;

// Text has hardly any control characters and, if it is not ASCII, mostly valid UTF-8 or single accents.
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
  const std::size_t size = open_text(input)->read(start);
  const std::string_view text(start.data(), size);
  if (size == 0) throw DataError(fmt::format("{}: the file is empty", input.name()));
  if (text.starts_with("PAR1")) {
    throw DataError(fmt::format(
        "{0}: a Parquet file, which infodiet does not read; convert it to CSV first, for example with\n  duckdb -c "
        "\"COPY (FROM '{0}') TO 'log.csv' (HEADER)\"\n  python3 -c \"import pandas; "
        "pandas.read_parquet('{0}').to_csv('log.csv', index=False)\"",
        input.name()));
  }
  if (text.starts_with("\x93NUMPY")) {
    throw DataError(
        fmt::format("{0}: an array of numpy; if its rows are vectors of items, import it with the list of their ids:\n"
                    "  infodiet import --vectors {0} --ids FILE",
                    input.name()));
  }
  if (text.starts_with("SQLite format 3")) {
    throw DataError(fmt::format(
        "{0}: a SQLite database, which infodiet does not import; convert a table to CSV first, for example with\n"
        "  sqlite3 -header -csv {0} 'SELECT * FROM ratings' > ratings.csv",
        input.name()));
  }
  if (is_binary(std::span(start).first(size))) {
    throw DataError(fmt::format("{}: a binary file; expected text, or text packed by gzip or zip", input.name()));
  }
}

// Collects complete lines from all over a stream: a column may look different after the start.
class LaterLines {
 public:
  void look_at(std::string_view block) {
    constexpr std::size_t bytes_a_line = std::size_t{1} << 14;
    constexpr std::size_t most_lines = 8000;
    constexpr std::size_t longest = 4096;
    for (std::size_t at = 0; at < block.size() && lines_.size() < most_lines; at += bytes_a_line) {
      const std::size_t begin = block.find('\n', at);
      const std::size_t end = begin == std::string_view::npos ? begin : block.find('\n', begin + 1);
      if (end == std::string_view::npos) return;
      if (end - begin > longest) continue;
      std::string_view line = block.substr(begin + 1, end - begin - 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty() && line.find('\0') == std::string_view::npos) lines_.emplace_back(line);
    }
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

FileSample sample_of(const Input& input) {
  FileSample sample{
      .name = input.name(), .lines = {}, .bytes = 0, .later = {}, .open = [&input] { return open_text(input); }};
  const auto source = open_text(input);
  LineReader reader(*source, [] { return false; });
  constexpr std::size_t line_end = 2;
  for (Line line; sample.lines.size() < sample_lines && sample.bytes < sample_bytes && reader.next(line);) {
    sample.bytes += line.text.size() + line_end;
    if (!line.text.empty() && line.problem == nullptr) sample.lines.emplace_back(line.text);
  }
  return sample;
}

// A digest of the content; `sample` gets lines from all over it.
std::string digest_of(const Input& input, FileSample& sample, const std::function<bool()>& should_stop) {
  Digest digest;
  LaterLines later;
  const auto source = open_text(input);
  std::vector<char> block(std::size_t{1} << 20);
  std::size_t known = sample.bytes;  // a line sampled twice would look like a repeated person
  for (std::size_t size = source->read(block); size > 0 && !should_stop(); size = source->read(block)) {
    digest.append(std::as_bytes(std::span(block).first(size)));
    const std::size_t skipped = std::min(known, size);
    later.look_at({block.data() + skipped, size - skipped});
    known -= skipped;
  }
  sample.later = later.take();
  return digest.hex();
}

// Everything that decides what is stored of some content.
std::string fingerprint_of(const std::string& content, const Understanding& known, const ImportOptions& options) {
  Digest digest;
  digest.add(content).add(name_of(known.format)).add(known.layout).add(known.topics).add(known.person.value_or(""));
  for (const std::string& use : known.uses) digest.add(use);
  digest.add(known.time ? describe(*known.time) : "");
  digest.add(known.not_rated ? fmt::format("{}", *known.not_rated) : "");
  digest.add(options.min_rating ? fmt::format("{}", *options.min_rating) : "");
  for (const std::string& event : options.only_events) digest.add("only").add(event);
  for (const auto& [event, weight] : options.event_weights) digest.add(event).add(fmt::format("{}", weight));
  return digest.hex();
}

FilePlan plan_file(const Input& input, const ImportOptions& options, const std::function<bool()>& should_stop) {
  FileSample sample = look_into(input);
  FilePlan plan{.input = &input};
  plan.content = digest_of(input, sample, should_stop);
  plan.reader = recognise(sample, options.reading());
  plan.fingerprint = fingerprint_of(plan.content, plan.reader->understanding(), options);
  return plan;
}

// The names of a file's columns, or their numbers, for a message about a missing one.
std::string columns_in(const FilePlan& plan) {
  const std::vector<std::string>& names = plan.reader->understanding().names;
  if (names.empty()) return fmt::format("{} has no columns", plan.input->name());
  return fmt::format("{} has {}", plan.input->name(), fmt::join(names, ", "));
}

void check_columns_are_used(const std::vector<FilePlan>& plans, const ColumnNames& columns) {
  const bool are_numbers = numbered_columns(columns).has_value();
  for (const auto& [role, name] : columns) {
    const auto uses_it = [role = role, &name = name, are_numbers](const FilePlan& plan) {
      const Understanding& known = plan.reader->understanding();
      const auto column = find_column(known.names, name);
      return are_numbers ? known.columns.has(role) : column.has_value();
    };
    if (name.empty() || std::any_of(plans.begin(), plans.end(), uses_it)) continue;
    std::vector<std::string> there;
    there.reserve(plans.size());
    for (const FilePlan& plan : plans) there.push_back(columns_in(plan));
    throw DataError(fmt::format("there is no column \"{}\" (--columns {}={}); {}", name, name_of(role), name,
                                fmt::join(there, "; ")));
  }
}

void check_min_rating(const std::vector<FilePlan>& plans, const ImportOptions& options) {
  if (!options.min_rating) return;
  for (const FilePlan& plan : plans) {
    const Understanding& known = plan.reader->understanding();
    if (known.contents != Contents::interactions || known.columns.has(ColumnRole::rating)) continue;
    throw DataError(
        fmt::format("{}: --min-rating needs a column of ratings, and none was found; name it (--columns "
                    "rating=NAME): {}",
                    plan.input->name(), columns_in(plan)));
  }
}

}  // namespace

bool was_imported(const Database& db, const std::string& fingerprint) {
  Statement query = db.prepare("SELECT 1 FROM imports WHERE fingerprint = ?");
  query.bind(fingerprint);
  return query.step();
}

FileSample look_into(const Input& input) {
  check_is_text(input);
  FileSample sample = sample_of(input);
  if (sample.lines.empty()) {
    throw DataError(fmt::format("{}: the file holds no readable line, only blank ones or NUL bytes", input.name()));
  }
  return sample;
}

std::unique_ptr<ByteSource> open_text(const Input& input) {
  return decoded(input.open());
}

std::vector<FilePlan> plan_files(const std::vector<std::unique_ptr<Input>>& inputs, const ImportOptions& options,
                                 const std::function<bool()>& should_stop) {
  std::vector<FilePlan> plans;
  for (const auto& input : inputs) {
    if (should_stop()) return plans;
    plans.push_back(plan_file(*input, options, should_stop));
  }
  check_columns_are_used(plans, options.columns);
  check_min_rating(plans, options);
  std::stable_partition(plans.begin(), plans.end(),
                        [](const FilePlan& plan) { return plan.reader->understanding().contents == Contents::items; });
  return plans;
}

}  // namespace infodiet::recsys
