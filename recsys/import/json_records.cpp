#include "recsys/import/json_records.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "engine/io/json_text.hpp"
#include "recsys/import/python_literal.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::string_view json_blanks = " \t\r\n";

// Texts that should be objects, with their lines.
class ObjectTexts {
 public:
  virtual ~ObjectTexts() = default;
  virtual bool next(Line& line) = 0;
};

class LineObjects : public ObjectTexts {
 public:
  LineObjects(ByteSource& source, const std::function<bool()>& should_stop) : lines_(source, should_stop) {}
  bool next(Line& line) override {
    do {
      if (!lines_.next(line)) return false;
    } while (line.problem == nullptr && line.text.find_first_not_of(json_blanks) == std::string_view::npos);
    return true;
  }

 private:
  LineReader lines_;
};

// A source whose first bytes can be peeked at.
class PeekedSource : public ByteSource {
 public:
  explicit PeekedSource(ByteSource& source) : source_(&source) {
    std::vector<char> block(std::size_t{1} << 12);
    // Blanks may come before the first bracket, but not thousands of them.
    for (std::size_t size = source.read(block); size > 0; size = source.read(block)) {
      start_.append(block.data(), size);
      if (start_.find_first_not_of(json_blanks, start_.starts_with("\xef\xbb\xbf") ? 3 : 0) != std::string::npos) break;
      if (start_.size() >= block.size()) break;
    }
    rest_ = start_;
  }
  bool is_array() const {
    std::string_view text = start_;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const std::size_t first = text.find_first_not_of(json_blanks);
    return first != std::string_view::npos && text[first] == '[';
  }
  std::size_t read(std::span<char> buffer) override {
    if (rest_.empty()) return source_->read(buffer);
    const std::size_t count = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.data(), count, buffer.data());
    rest_.remove_prefix(count);
    return count;
  }
  std::uint64_t position() const override { return source_->position(); }

 private:
  ByteSource* source_;
  std::string start_;
  std::string_view rest_;
};

// Cuts the elements out of one array; the parser checks them.
class ArrayObjects : public ObjectTexts {
 public:
  ArrayObjects(ByteSource& source, std::function<bool()> should_stop)
      : source_(&source), should_stop_(std::move(should_stop)), block_(std::size_t{1} << 20) {}

  bool next(Line& line) override {
    text_.clear();
    if (!skip_to_element()) return false;
    line = {.number = number_, .text = {}, .problem = nullptr};
    int depth = 0;
    char quote = 0;
    for (char c = 0; look(c); take()) {
      if (quote == 0 && depth == 0 && (c == ',' || c == ']')) break;
      if (text_.size() <= LineReader::max_line_bytes) text_ += c;
      if (quote != 0) {
        if (c == '\\' && escape()) continue;
        if (c == quote) quote = 0;
      } else if (c == '"') {
        quote = c;
      } else {
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
      }
    }
    line.text = text_;
    if (text_.size() > LineReader::max_line_bytes) line.problem = "the element is longer than 16 MiB";
    return true;
  }

 private:
  // Reads the backslash and the character after it, which does not end the text.
  bool escape() {
    take();
    char c = 0;
    if (look(c)) text_ += c;
    return true;
  }
  bool skip_to_element() {
    for (char c = 0; look(c); take()) {
      if (c == ']' && started_) return false;
      if (c == '[' && !started_) {
        started_ = true;
      } else if (started_ && c != ',' && json_blanks.find(c) == std::string_view::npos) {
        return true;
      }
    }
    return false;
  }
  bool look(char& c) {
    if (begin_ == end_) {
      if (should_stop_()) return false;
      begin_ = 0;
      end_ = source_->read(block_);
      if (end_ == 0) return false;
    }
    c = block_[begin_];
    return true;
  }
  void take() {
    if (begin_ < end_) number_ += block_[begin_++] == '\n';
  }

  ByteSource* source_;
  std::function<bool()> should_stop_;
  std::vector<char> block_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::int64_t number_ = 1;
  bool started_ = false;
  std::string text_;
};

nlohmann::json object_in(std::string_view text) {
  nlohmann::json object = engine::parse_json<nlohmann::json>(text);
  if (object.is_object()) return object;
  const std::size_t first = text.find_first_not_of(json_blanks);
  if (first == std::string_view::npos || text[first] != '{') return nullptr;
  const auto converted = json_from_python(text);
  return converted ? engine::parse_json<nlohmann::json>(*converted) : nlohmann::json(nullptr);
}

class JsonRecords : public RecordReader {
 public:
  JsonRecords(ByteSource& source, const std::function<bool()>& should_stop, JsonColumns columns)
      : peeked_(source), columns_(std::move(columns)) {
    if (peeked_.is_array()) {
      texts_ = std::make_unique<ArrayObjects>(peeked_, should_stop);
    } else {
      texts_ = std::make_unique<LineObjects>(peeked_, should_stop);
    }
    fields_.resize(columns_.names.size());
    written_.resize(columns_.names.size());
  }

  bool next(Record& record) override {
    Line line;
    if (!texts_->next(line)) return false;
    record = {line.number, line.text, {}, line.problem};
    if (line.problem != nullptr) return true;
    object_ = object_in(line.text);
    if (!object_.is_object()) {
      record.problem = "not a complete JSON object";
      return true;
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      fields_[i] = {};
      if (!columns_.wanted[i]) continue;
      const auto found = object_.find(columns_.names[i]);
      if (found == object_.end() || found->is_null()) continue;
      if (columns_.ids[i] && !found->is_string() && !found->is_number_integer()) {
        record.problem = "an id is neither text nor a whole number";
        return true;
      }
      fields_[i] = text_of(*found, i);
    }
    record.fields = fields_;
    return true;
  }

  const nlohmann::json& object() const { return object_; }

 private:
  std::string_view text_of(const nlohmann::json& value, std::size_t i) {
    if (value.is_string()) return value.get_ref<const std::string&>();
    return written_[i] = engine::json_text(value);
  }

  PeekedSource peeked_;
  JsonColumns columns_;
  std::unique_ptr<ObjectTexts> texts_;
  nlohmann::json object_;
  std::vector<std::string_view> fields_;
  std::vector<std::string> written_;
};

}  // namespace

std::unique_ptr<RecordReader> json_records(ByteSource& source, const std::function<bool()>& should_stop,
                                           JsonColumns columns) {
  return std::make_unique<JsonRecords>(source, should_stop, std::move(columns));
}

std::vector<std::string> json_names(ByteSource& source, std::size_t most) {
  JsonRecords records(source, [] { return false; }, {});
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  Record record;
  for (std::size_t count = 0; count < most && records.next(record); ++count) {
    if (record.problem != nullptr) continue;
    for (const auto& entry : records.object().items()) {
      if (seen.insert(entry.key()).second) names.push_back(entry.key());
    }
  }
  return names;
}

}  // namespace infodiet::recsys
