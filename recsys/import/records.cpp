#include "recsys/import/records.hpp"

#include <csv.h>

#include <algorithm>
#include <array>
#include <deque>
#include <new>
#include <utility>

#include "recsys/import/text_source.hpp"
#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

// A longer quoted field counts as a quote that was never closed.
constexpr std::size_t max_record_bytes = std::size_t{64} << 10;
constexpr std::size_t max_record_lines = 100;

template <class Use>
void for_each_field(std::string_view line, std::string_view separator, Use&& use) {
  for (std::size_t end = line.find(separator); end != std::string_view::npos; end = line.find(separator)) {
    use(line.substr(0, end));
    line.remove_prefix(end + separator.size());
  }
  use(line);
}

// Lines that are records, and not blank or comments.
class RecordLines {
 public:
  RecordLines(LineReader& lines, char comment) : lines_(&lines), comment_(comment) {}
  bool next(Line& line) {
    do {
      if (!lines_->next(line)) return false;
    } while (line.problem == nullptr && (line.text.empty() || (comment_ != 0 && line.text.front() == comment_)));
    return true;
  }
  bool next_of_any_kind(Line& line) { return lines_->next(line); }

 private:
  LineReader* lines_;
  char comment_;
};

class UnquotedRecords : public RecordReader {
 public:
  UnquotedRecords(LineReader& lines, const Dialect& dialect) : lines_(lines, dialect.comment), dialect_(dialect) {}
  bool next(Record& record) override {
    Line line;
    if (!lines_.next(line)) return false;
    fields_.clear();
    if (line.problem == nullptr) {
      for_each_field(line.text, dialect_.separator,
                     [&](std::string_view field) { fields_.push_back(dialect_.trims ? trimmed(field) : field); });
    }
    record = {line.number, line.text, fields_, line.problem};
    return true;
  }

 private:
  RecordLines lines_;
  Dialect dialect_;
  std::vector<std::string_view> fields_;
};

class BlankRecords : public RecordReader {
 public:
  BlankRecords(LineReader& lines, const Dialect& dialect) : lines_(lines, dialect.comment) {}
  bool next(Record& record) override {
    constexpr std::string_view blanks = " \t";
    Line line;
    do {
      if (!lines_.next(line)) return false;
    } while (line.problem == nullptr && line.text.find_first_not_of(blanks) == std::string_view::npos);
    fields_.clear();
    std::string_view rest = line.problem == nullptr ? line.text : std::string_view();
    for (std::size_t at = rest.find_first_not_of(blanks); at != std::string_view::npos;
         at = rest.find_first_not_of(blanks)) {
      rest.remove_prefix(at);
      fields_.push_back(rest.substr(0, rest.find_first_of(blanks)));
      rest.remove_prefix(fields_.back().size());
    }
    record = {line.number, line.text, fields_, line.problem};
    return true;
  }

 private:
  RecordLines lines_;
  std::vector<std::string_view> fields_;
};

// Feeds libcsv line by line. Owns the fields.
class FieldParser {
 public:
  enum class Quotes { rfc4180, literal_inside };
  enum class Result { complete, open_quote, misplaced_quote };

  FieldParser(char delimiter, Quotes quotes) {
    if (csv_init(&parser_, quotes == Quotes::rfc4180 ? CSV_STRICT : 0) != 0) throw std::bad_alloc();
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter));
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });
    csv_set_term_func(&parser_, [](unsigned char c) { return c == '\n' ? 1 : 0; });
  }
  ~FieldParser() { csv_free(&parser_); }
  FieldParser(const FieldParser&) = delete;
  FieldParser& operator=(const FieldParser&) = delete;

  void start() {
    // csv_fini is the only way to leave a half-read record; its fields are dropped below.
    csv_fini(&parser_, nullptr, nullptr, nullptr);
    bytes_.clear();
    ends_.clear();
    complete_ = false;
  }
  Result feed(std::string_view line) {
    if (!parse(line) || !parse("\n")) return Result::misplaced_quote;
    return complete_ ? Result::complete : Result::open_quote;
  }
  std::span<const std::string_view> fields() {
    fields_.clear();
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      fields_.push_back(std::string_view(bytes_).substr(begin, end - begin));
      begin = end;
    }
    return fields_;
  }

 private:
  bool parse(std::string_view text) {
    const auto on_field = [](void* data, std::size_t size, void* self) {
      auto* parser = static_cast<FieldParser*>(self);
      parser->bytes_.append(static_cast<const char*>(data), size);
      parser->ends_.push_back(parser->bytes_.size());
    };
    const auto on_record = [](int, void* self) { static_cast<FieldParser*>(self)->complete_ = true; };
    const std::size_t parsed = csv_parse(&parser_, text.data(), text.size(), on_field, on_record, this);
    if (parsed == text.size()) return true;
    if (csv_error(&parser_) != CSV_EPARSE) throw std::bad_alloc();
    return false;
  }

  csv_parser parser_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<std::string_view> fields_;
  bool complete_ = false;
};

bool has_quoted_field(std::string_view line, char delimiter) {
  const std::array<char, 2> start{delimiter, '"'};
  return line.starts_with('"') || line.find(std::string_view(start.data(), 2)) != std::string_view::npos;
}

// \" and \\ as CSV would write them: "" and \.
std::string without_backslashes(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char next = line[i] == '\\' && i + 1 < line.size() ? line[i + 1] : '\0';
    if (next == '"' || next == '\\') {
      out += next == '"' ? "\"\"" : "\\";
      ++i;
    } else {
      out += line[i];
    }
  }
  return out;
}

class QuotedRecords : public RecordReader {
 public:
  QuotedRecords(LineReader& lines, const Dialect& dialect)
      : lines_(lines, dialect.comment),
        delimiter_(dialect.separator.front()),
        backslashes_(dialect.backslashes),
        trims_(dialect.trims),
        strict_(delimiter_, FieldParser::Quotes::rfc4180),
        lenient_(delimiter_, FieldParser::Quotes::literal_inside) {}

  bool next(Record& record) override {
    if (!take_first_line()) return false;
    record = {first_.number, first_text_, {}, first_.problem};
    if (first_.problem != nullptr) return true;
    if (first_text_.find('"') == std::string_view::npos) {
      split_plain();
      record.fields = fields_;
      return true;
    }
    FieldParser* parser = &strict_;
    parser->start();
    FieldParser::Result result = feed(*parser, first_text_);
    if (result == FieldParser::Result::misplaced_quote && !has_quoted_field(first_text_, delimiter_)) {
      parser = &lenient_;
      parser->start();
      result = feed(*parser, first_text_);
    }
    if (result == FieldParser::Result::open_quote) result = read_on();
    record.text = first_text_;
    if (result == FieldParser::Result::complete) {
      const auto fields = parser->fields();
      fields_.assign(fields.begin(), fields.end());
      trim_fields();
      record.fields = fields_;
    } else {
      record.problem = result == FieldParser::Result::open_quote
                           ? "unterminated quote"
                           : "unterminated quote: text follows a closing quote, or a quote is not doubled";
    }
    return true;
  }

 private:
  struct KeptLine {
    std::int64_t number;
    std::string text;
    const char* problem;
  };

  // The fast path: a line without quotes.
  void split_plain() {
    fields_.clear();
    std::string_view rest = first_text_;
    for (std::size_t end = rest.find(delimiter_); end != std::string_view::npos; end = rest.find(delimiter_)) {
      fields_.push_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    fields_.push_back(rest);
    trim_fields();
  }
  void trim_fields() {
    if (!trims_) return;
    for (std::string_view& field : fields_) field = trimmed(field);
  }
  FieldParser::Result feed(FieldParser& parser, std::string_view line) const {
    return backslashes_ ? parser.feed(without_backslashes(line)) : parser.feed(line);
  }

  // A returned line, or the next of the file.
  bool take_line(Line& line, std::string& storage) {
    if (kept_.empty()) return lines_.next_of_any_kind(line);
    storage = std::move(kept_.front().text);
    line = {kept_.front().number, storage, kept_.front().problem};
    kept_.pop_front();
    return true;
  }
  bool take_first_line() {
    if (kept_.empty()) {
      if (!lines_.next(first_)) return false;
    } else {
      do {
        if (!take_line(first_, first_storage_)) return false;
      } while (first_.text.empty() && first_.problem == nullptr);
    }
    first_text_ = first_.text;
    return true;
  }
  // Gives the strict parser more lines until the record is complete; returns them to the reader if it never is.
  FieldParser::Result read_on() {
    if (first_text_.data() != first_storage_.data()) {
      first_storage_.assign(first_text_);  // the line's memory is about to be reused
      first_text_ = first_storage_;
    }
    std::deque<KeptLine> further;
    std::size_t bytes = first_text_.size();
    auto result = FieldParser::Result::open_quote;
    while (result == FieldParser::Result::open_quote && bytes <= max_record_bytes &&
           further.size() < max_record_lines) {
      Line line;
      std::string storage;
      if (!take_line(line, storage)) break;
      further.push_back({line.number, std::string(line.text), line.problem});
      if (line.problem != nullptr) break;
      bytes += line.text.size();
      result = feed(strict_, line.text);
    }
    if (result != FieldParser::Result::complete) {
      kept_.insert(kept_.begin(), std::make_move_iterator(further.begin()), std::make_move_iterator(further.end()));
    }
    return result;
  }

  RecordLines lines_;
  char delimiter_;
  bool backslashes_;
  bool trims_;
  FieldParser strict_;
  FieldParser lenient_;
  std::deque<KeptLine> kept_;
  Line first_;
  std::string first_storage_;
  std::string_view first_text_;
  std::vector<std::string_view> fields_;
};

}  // namespace

std::string describe(const Dialect& dialect) {
  if (dialect.kind == Dialect::Kind::json) return "JSON";
  if (dialect.kind == Dialect::Kind::blanks) return "blanks";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> names{
      {{",", "commas"}, {"\t", "tabs"}, {";", "semicolons"}, {"|", "bars"}, {"::", "double colons"}}};
  const auto name =
      std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.first == dialect.separator; });
  return std::string(name == names.end() ? dialect.separator : name->second);
}

std::unique_ptr<RecordReader> delimited_records(LineReader& lines, const Dialect& dialect) {
  switch (dialect.kind) {
    case Dialect::Kind::blanks:
      return std::make_unique<BlankRecords>(lines, dialect);
    case Dialect::Kind::unquoted:
      return std::make_unique<UnquotedRecords>(lines, dialect);
    default:
      return std::make_unique<QuotedRecords>(lines, dialect);
  }
}

std::vector<std::vector<std::string>> records_of(const std::vector<std::string>& lines, const Dialect& dialect) {
  std::string text;
  for (const std::string& line : lines) (text += line) += '\n';
  TextSource source(text);
  LineReader reader(source, [] { return false; });
  const auto records = delimited_records(reader, dialect);
  std::vector<std::vector<std::string>> rows;
  for (Record record; records->next(record);) {
    if (record.problem == nullptr) rows.emplace_back(record.fields.begin(), record.fields.end());
  }
  return rows;
}

}  // namespace infodiet::recsys
