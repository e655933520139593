// Lines of ids between spaces or tabs, oldest first: a user and all of their items (sequence), or a user and one item
// (pairs). Nothing has a time or a rating; the order of lines and of items is the order of histories.
#include <algorithm>

#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::string_view blanks = " \t";

// Takes the next id off the front of `line`; empty at the end.
std::string_view take_id(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const std::string_view id = line.substr(0, line.find_first_of(blanks));
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

enum class Shape { pairs, sequence };

class IdLineReader : public RowReader {
 public:
  explicit IdLineReader(Shape shape) : shape_(shape) {}
  Contents contents() const override { return Contents::interactions; }
  bool uses(ColumnRole) const override { return false; }

  void read(LineReader& lines, RowSink& sink) const override {
    for (Line line; lines.next(line);) {
      const RowOrigin origin{line.number, line.text};
      if (line.problem != nullptr) {
        sink.reject(origin, RowKind::interaction, line.problem);
        continue;
      }
      std::string_view rest = line.text;
      const std::string_view user = take_id(rest);
      if (user.empty()) continue;  // a blank line
      const std::size_t items = count_ids(rest);
      if (items == 0) {
        sink.reject(origin, RowKind::interaction, "missing fields: a user without items");
      } else if (shape_ == Shape::pairs && items > 1) {
        sink.reject(origin, RowKind::interaction, "extra fields: expected a user and one item");
      } else {
        for (std::string_view item = take_id(rest); !item.empty(); item = take_id(rest)) {
          sink.interaction(origin, {.user = user, .item = item});
        }
      }
    }
  }

 private:
  Shape shape_;
};

// user, item, rating and time in columns: to be read as a table, not as a user with three items.
bool looks_like_table(const FileSample& sample) {
  std::size_t fields = 0;
  return most_lines(sample, [&](std::string_view line) {
    const std::size_t count = count_ids(line);
    if (fields == 0) fields = count;
    const std::string_view last = line.substr(std::min(line.find_last_of(blanks) + 1, line.size()));
    return count == fields && (count == 3 || count == 4) && last.size() >= 9;
  });
}

}  // namespace

std::unique_ptr<RowReader> recognise_pairs(const FileSample& sample, const ColumnNames&, Knowledge knowledge) {
  const auto is_pair = [](std::string_view line) { return count_ids(line) == 2 && looks_like_ids(line); };
  if (knowledge == Knowledge::guess && !most_lines(sample, is_pair)) return nullptr;
  return std::make_unique<IdLineReader>(Shape::pairs);
}

std::unique_ptr<RowReader> recognise_sequence(const FileSample& sample, const ColumnNames&, Knowledge knowledge) {
  const auto is_sequence = [](std::string_view line) { return count_ids(line) >= 2 && looks_like_ids(line); };
  if (knowledge == Knowledge::guess && (!most_lines(sample, is_sequence) || looks_like_table(sample))) return nullptr;
  return std::make_unique<IdLineReader>(Shape::sequence);
}

}  // namespace infodiet::recsys
