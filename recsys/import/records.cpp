#include "recsys/import/records.hpp"

#include <csv.h>

#include <new>
#include <utility>

namespace infodiet::recsys {
namespace {

// A quoted field that goes on for longer is taken for a quote that somebody forgot to close.
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

class UnquotedRecords : public RecordReader {
 public:
  UnquotedRecords(LineReader& lines, std::string separator) : lines_(&lines), separator_(std::move(separator)) {}
  bool next(Record& record) override {
    Line line;
    do {
      if (!lines_->next(line)) return false;
    } while (line.text.empty() && line.problem == nullptr);
    fields_.clear();
    if (line.problem == nullptr) {
      for_each_field(line.text, separator_, [&](std::string_view field) { fields_.push_back(field); });
    }
    record = {line.number, line.text, fields_, line.problem};
    return true;
  }

 private:
  LineReader* lines_;
  std::string separator_;
  std::vector<std::string_view> fields_;
};

// libcsv, given a line at a time. Owns the fields it found.
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
    // csv_fini is the one way to leave a half-read record; what it hands over is dropped below.
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
  const char start[] = {delimiter, '"'};
  return line.starts_with('"') || line.find(std::string_view(start, 2)) != std::string_view::npos;
}

class QuotedRecords : public RecordReader {
 public:
  QuotedRecords(LineReader& lines, char delimiter)
      : lines_(&lines),
        delimiter_(delimiter),
        strict_(delimiter, FieldParser::Quotes::rfc4180),
        lenient_(delimiter, FieldParser::Quotes::literal_inside) {}

  bool next(Record& record) override {
    if (!take_first_line()) return false;
    record = {first_.number, first_text_, {}, first_.problem};
    if (first_.problem != nullptr) return true;
    FieldParser* parser = &strict_;
    parser->start();
    FieldParser::Result result = parser->feed(first_text_);
    if (result == FieldParser::Result::misplaced_quote && !has_quoted_field(first_text_, delimiter_)) {
      parser = &lenient_;
      parser->start();
      result = parser->feed(first_text_);
    }
    if (result == FieldParser::Result::open_quote) result = read_on();
    if (result == FieldParser::Result::complete) {
      record.fields = parser->fields();
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

  // A line handed back, or the next of the file.
  bool take_line(Line& line, std::string& storage) {
    if (kept_.empty()) return lines_->next(line);
    storage = std::move(kept_.front().text);
    line = {kept_.front().number, storage, kept_.front().problem};
    kept_.pop_front();
    return true;
  }
  bool take_first_line() {
    do {
      if (!take_line(first_, first_storage_)) return false;
    } while (first_.text.empty() && first_.problem == nullptr);
    first_text_ = first_.text;
    return true;
  }
  // Gives the strict parser further lines until the record is complete; hands them back if it never is.
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
      result = strict_.feed(line.text);
    }
    if (result != FieldParser::Result::complete) {
      kept_.insert(kept_.begin(), std::make_move_iterator(further.begin()), std::make_move_iterator(further.end()));
    }
    return result;
  }

  LineReader* lines_;
  char delimiter_;
  FieldParser strict_;
  FieldParser lenient_;
  std::deque<KeptLine> kept_;
  Line first_;
  std::string first_storage_;
  std::string_view first_text_;
};

}  // namespace

std::unique_ptr<RecordReader> unquoted_records(LineReader& lines, std::string separator) {
  return std::make_unique<UnquotedRecords>(lines, std::move(separator));
}

std::unique_ptr<RecordReader> quoted_records(LineReader& lines, char delimiter) {
  return std::make_unique<QuotedRecords>(lines, delimiter);
}

std::vector<std::string> split_quoted(std::string_view line, char delimiter) {
  FieldParser parser(delimiter, has_quoted_field(line, delimiter) ? FieldParser::Quotes::rfc4180
                                                                  : FieldParser::Quotes::literal_inside);
  parser.start();
  if (parser.feed(line) != FieldParser::Result::complete) return {};
  const auto fields = parser.fields();
  return {fields.begin(), fields.end()};
}

std::vector<std::string> split_unquoted(std::string_view line, std::string_view separator) {
  std::vector<std::string> fields;
  for_each_field(line, separator, [&](std::string_view field) { fields.emplace_back(field); });
  return fields;
}

}  // namespace infodiet::recsys
