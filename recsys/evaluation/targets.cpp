#include "recsys/evaluation/targets.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/columns.hpp"

namespace infodiet::recsys {

namespace {

namespace fs = std::filesystem;

struct Row {
  std::size_t line = 0;  ///< where it begins, from 1
  std::vector<std::string> fields;
};

/// Splits a file into rows with libcsv, which is handed one line at a time so that every row knows where it began.
class PairFile {
 public:
  explicit PairFile(const fs::path& path) : path_(path), file_(path, std::ios::binary) {
    if (!file_ || fs::is_directory(path)) {
      throw DataError(fmt::format("{}: cannot be read ({}); expected a file of user,item pairs", path.string(),
                                  fs::is_directory(path) ? "it is a folder" : std::strerror(errno)));
    }
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL);
  }
  ~PairFile() { csv_free(&parser_); }
  PairFile(const PairFile&) = delete;
  PairFile& operator=(const PairFile&) = delete;

  std::vector<Row> read() {
    std::string line;
    for (std::size_t number = 1; std::getline(file_, line); ++number) {
      if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
      const bool blank = line.find_first_not_of(" \t\r") == std::string::npos;
      if (!blank && !delimiter_) choose_delimiter(line);
      if (!within_row_) row_.line = number;
      within_row_ = within_row_ || !blank;
      line += '\n';
      if (csv_parse(&parser_, line.data(), line.size(), on_field, on_row, this) != line.size()) malformed();
    }
    if (csv_fini(&parser_, on_field, on_row, this) != 0) malformed();
    return std::move(rows_);
  }

  [[noreturn]] void fail(const Row& row, const std::string& why) const {
    throw DataError(fmt::format("{}:{}: {}", path_.string(), row.line, why));
  }

 private:
  void choose_delimiter(std::string_view first_line) {
    delimiter_ = ',';
    for (const char candidate : {',', '\t', ' '}) {
      if (first_line.find(candidate) == std::string_view::npos) continue;
      delimiter_ = candidate;
      break;
    }
    csv_set_delim(&parser_, static_cast<unsigned char>(*delimiter_));
  }

  static void on_field(void* field, std::size_t size, void* self) {
    auto& file = *static_cast<PairFile*>(self);
    if (field != nullptr) {
      file.row_.fields.emplace_back(static_cast<const char*>(field), size);
    } else if (file.delimiter_ != ' ') {  // several spaces in a row separate as one does
      file.row_.fields.emplace_back();
    }
  }
  static void on_row(int /*end*/, void* self) {
    auto& file = *static_cast<PairFile*>(self);
    file.within_row_ = false;
    if (!file.row_.fields.empty()) file.rows_.push_back(file.row_);
    file.row_.fields.clear();
  }
  [[noreturn]] void malformed() const {
    fail(row_, "a quote is misplaced or never closed; a key that holds one is written \"in \"\"quotes\"\"\"");
  }

  fs::path path_;
  std::ifstream file_;
  csv_parser parser_{};
  std::optional<char> delimiter_;
  bool within_row_ = false;
  Row row_;
  std::vector<Row> rows_;
};

/// Which columns hold what, and how many there are.
struct Columns {
  std::size_t user = 0;
  std::size_t item = 1;
  std::size_t count = 2;
};

std::optional<Columns> header_columns(const Row& row) {
  std::vector<std::string> names;
  for (const std::string& field : row.fields) names.push_back(field.substr(0, field.find(':')));  // RecBole's name:type
  const ColumnPositions found = find_columns(names, {});
  if (!found.has(ColumnRole::user) || !found.has(ColumnRole::item)) return std::nullopt;
  return Columns{.user = *found[ColumnRole::user], .item = *found[ColumnRole::item], .count = row.fields.size()};
}

}  // namespace

TargetCases::TargetCases(const Dataset& data, const std::vector<std::vector<ItemIndex>>& targets) {
  for (const std::vector<ItemIndex>& of_user : targets) items_.insert(items_.end(), of_user.begin(), of_user.end());
  const std::span<const ItemIndex> all(items_);
  std::size_t begin = 0;
  for (std::size_t user = 0; user < targets.size(); ++user) {
    const std::size_t count = targets[user].size();
    if (count == 0) continue;
    cases_.push_back({.user = user, .history = data.history(user), .targets = all.subspan(begin, count)});
    begin += count;
  }
}

TargetCases read_targets(const fs::path& path, const Dataset& data, const KeyLookup& lookup, Repeats repeats) {
  PairFile file(path);
  const std::vector<Row> rows = file.read();
  const std::optional<Columns> header = rows.empty() ? std::nullopt : header_columns(rows.front());
  const Columns columns = header.value_or(Columns{});
  const std::span<const Row> pairs = std::span(rows).subspan(header ? 1 : 0);
  if (pairs.empty()) throw DataError(fmt::format("{}: holds no pairs; expected lines of user,item", path.string()));

  TargetCases::Skipped skipped;
  std::vector<std::vector<ItemIndex>> targets(data.users());
  std::map<std::pair<std::size_t, ItemIndex>, std::size_t> lines;
  for (const Row& row : pairs) {
    if (row.fields.size() != columns.count) {
      file.fail(row,
                fmt::format("expected {} columns ({}), found {}", columns.count,
                            header ? "as in the header" : "user,item; a header is needed for more", row.fields.size()));
    }
    const std::optional<std::size_t> user = lookup.user(row.fields[columns.user]);
    const std::optional<ItemIndex> item = lookup.item(row.fields[columns.item]);
    if (!user || !item) {
      ++(user ? skipped.unknown_items : skipped.unknown_users);
      continue;
    }
    const auto [earlier, fresh] = lines.try_emplace({*user, *item}, row.line);
    if (!fresh) file.fail(row, fmt::format("the same pair stands in line {}; remove one", earlier->second));
    const std::span<const ItemIndex> seen = left_out(repeats, data.history(*user));
    if (std::find(seen.begin(), seen.end(), *item) != seen.end()) {
      ++skipped.stored;
    } else {
      targets[*user].push_back(*item);
    }
  }
  if (lines.empty()) {
    throw DataError(
        fmt::format("{}: of its {} pairs, none is of a user and an item that are stored ({} of unknown users)",
                    path.string(), pairs.size(), skipped.unknown_users));
  }
  TargetCases cases(data, targets);
  cases.skipped = skipped;
  return cases;
}

}  // namespace infodiet::recsys
