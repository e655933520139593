// One JSON object that lists the attributes of every item: {"item": ["attribute", ...], ...}. Read as a stream, however
// long it is.
#include <istream>
#include <nlohmann/json.hpp>
#include <streambuf>
#include <vector>

#include "recsys/import/recognise.hpp"

namespace infodiet::recsys {
namespace {

class SourceBuffer : public std::streambuf {
 public:
  SourceBuffer(ByteSource& source, const std::function<bool()>& should_stop)
      : source_(source), should_stop_(should_stop), block_(std::size_t{1} << 16) {}

 private:
  int_type underflow() override {
    const std::size_t size = should_stop_() ? 0 : source_.read(block_);
    setg(block_.data(), block_.data(), block_.data() + size);
    return size == 0 ? traits_type::eof() : traits_type::to_int_type(block_.front());
  }

  ByteSource& source_;
  const std::function<bool()>& should_stop_;
  std::vector<char> block_;
};

// Listens to the parser; hands over each item at the end of its list.
class Lists : public nlohmann::json_sax<nlohmann::json> {
 public:
  /// Stops after `most` items.
  Lists(RowSink* sink, std::size_t most) : sink_(sink), most_(most) {}

  std::size_t items() const { return items_; }
  /// Whether there was anything else than lists of values, or no JSON at all.
  bool is_other() const { return is_other_; }

  bool null() override { return in_list() || other(); }
  bool boolean(bool value) override { return add(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return add(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return add(text); }
  bool string(string_t& value) override { return add(value); }
  bool binary(binary_t&) override { return other(); }
  bool start_object(std::size_t) override { return depth_++ == 0 || other(); }
  bool key(string_t& value) override {
    item_ = value;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override {
    values_.clear();
    return depth_++ == 1 || other();
  }
  bool end_array() override {
    --depth_;
    ++items_;
    if (sink_ != nullptr) sink_->item({.line = 1, .text = item_}, {.key = item_, .attributes = values_});
    return items_ < most_;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return other(); }

 private:
  bool in_list() const { return depth_ == 2; }
  bool other() {
    is_other_ = true;
    return false;
  }
  bool add(std::string value) {
    if (!in_list()) return other();
    values_.push_back({.name = "attribute", .value = std::move(value)});
    return true;
  }

  RowSink* sink_;
  std::size_t most_;
  std::size_t depth_ = 0;
  std::size_t items_ = 0;
  bool is_other_ = false;
  std::string item_;
  std::vector<ItemAttribute> values_;
};

class ItemListReader : public RowReader {
 public:
  ItemListReader()
      : RowReader({.format = ImportFormat::jsonl,
                   .contents = Contents::items,
                   .dialect = "JSON: an object of items, each with a list of its attributes"}) {}

  void read(ByteSource& source, const std::function<bool()>& should_stop, RowSink& sink) const override {
    SourceBuffer buffer(source, should_stop);
    std::istream stream(&buffer);
    Lists lists(&sink, static_cast<std::size_t>(-1));
    nlohmann::json::sax_parse(stream, &lists);
    if (lists.is_other() && !should_stop()) {
      sink.reject({.line = 1, .text = {}}, RowKind::attributes,
                  {"not JSON, or no list of values, in an object of items and lists"});
    }
  }
};

}  // namespace

std::unique_ptr<RowReader> recognise_item_lists(const FileSample& sample, const ReadingOptions& /*options*/) {
  constexpr std::size_t looked_at = 20;
  const std::function<bool()> go_on = [] { return false; };
  const auto source = sample.open();
  SourceBuffer buffer(*source, go_on);
  std::istream stream(&buffer);
  Lists lists(nullptr, looked_at);
  nlohmann::json::sax_parse(stream, &lists);
  // A record of one list may be anything.
  if (lists.is_other() || lists.items() < 2) return nullptr;
  return std::make_unique<ItemListReader>();
}

}  // namespace infodiet::recsys
