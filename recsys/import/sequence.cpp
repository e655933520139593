// Lines of ids between blanks or tabs, oldest first: a user and all of their items (sequence), or a user and one item
// (pairs). There are no times or ratings; histories are in the order of lines and items.
#include <algorithm>

#include "recsys/import/line_reader.hpp"
#include "recsys/import/recognise.hpp"
#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::string_view id_separators = " \t";

// Removes the next id from the front of `line`; empty at the end.
std::string_view take_id(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(id_separators), line.size()));
  const std::string_view id = line.substr(0, line.find_first_of(id_separators));
  line.remove_prefix(id.size());
  return id;
}

std::size_t count_ids(std::string_view line) {
  std::size_t count = 0;
  while (!take_id(line).empty()) ++count;
  return count;
}

// Prose has spaces between words too; ids have digits.
bool looks_like_ids(std::string_view line) {
  for (std::string_view id = take_id(line); !id.empty(); id = take_id(line)) {
    if (id.find_first_of("0123456789") == std::string_view::npos) return false;
  }
  return true;
}

Understanding understanding_of(ImportFormat format) {
  Understanding known{.format = format, .contents = Contents::interactions};
  known.dialect = format == ImportFormat::pairs ? "a user and an item a line, oldest first"
                                                : "a user and their items a line, oldest first";
  return known;
}

class IdLineReader : public RowReader {
 public:
  explicit IdLineReader(ImportFormat format) : RowReader(understanding_of(format)) {}

  void read(ByteSource& source, const std::function<bool()>& should_stop, RowSink& sink) const override {
    const bool are_pairs = understanding().format == ImportFormat::pairs;
    LineReader lines(source, should_stop);
    for (Line line; lines.next(line);) {
      const RowOrigin origin{line.number, line.text};
      if (line.problem != nullptr) {
        sink.reject(origin, RowKind::interaction, {line.problem});
        continue;
      }
      std::string_view rest = line.text;
      const std::string_view user = take_id(rest);
      if (user.empty()) continue;  // a blank line
      const std::size_t items = count_ids(rest);
      if (items == 0) {
        sink.reject(origin, RowKind::interaction, {"missing fields: a user without items"});
      } else if (are_pairs && items > 1) {
        sink.reject(origin, RowKind::interaction, {"extra fields: expected a user and one item"});
      } else {
        for (std::string_view item = take_id(rest); !item.empty(); item = take_id(rest)) {
          sink.interaction(origin, {.user = user, .item = item});
        }
      }
    }
  }
};

bool most_lines(const FileSample& sample, bool (*accept)(std::string_view)) {
  const auto count = std::count_if(sample.lines.begin(), sample.lines.end(), accept);
  return static_cast<std::size_t>(count) * 4 >= sample.lines.size() * 3;
}

std::unique_ptr<RowReader> id_lines(const FileSample& sample, const ReadingOptions& options, ImportFormat format,
                                    bool (*accept)(std::string_view)) {
  if (options.format != format && !most_lines(sample, accept)) return nullptr;
  return std::make_unique<IdLineReader>(format);
}

}  // namespace

std::unique_ptr<RowReader> recognise_pairs(const FileSample& sample, const ReadingOptions& options) {
  return id_lines(sample, options, ImportFormat::pairs,
                  [](std::string_view line) { return count_ids(line) == 2 && looks_like_ids(line); });
}

std::unique_ptr<RowReader> recognise_sequence(const FileSample& sample, const ReadingOptions& options) {
  return id_lines(sample, options, ImportFormat::sequence,
                  [](std::string_view line) { return count_ids(line) >= 2 && looks_like_ids(line); });
}

}  // namespace infodiet::recsys
