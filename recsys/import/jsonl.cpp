// A JSON object a line: with a user and an item it is an interaction, with an item only it describes that. Objects may
// lack keys, and their other keys are passed over.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {
namespace {

using nlohmann::json;

// The keys of the latest object and what they mean; nearly always the same as those of the one before.
class Keys {
 public:
  explicit Keys(const ColumnNames& given) : given_(&given) {}
  void look_at(const json& object) {
    const bool same = names_.size() == object.size() &&
                      std::equal(object.items().begin(), object.items().end(), names_.begin(),
                                 [](const auto& entry, const std::string& name) { return entry.key() == name; });
    if (same) return;
    names_.clear();
    for (const auto& entry : object.items()) names_.push_back(entry.key());
    positions_ = find_columns(names_, *given_);
  }
  const ColumnPositions& positions() const { return positions_; }
  const std::string& name(std::size_t position) const { return names_[position]; }

 private:
  const ColumnNames* given_;
  std::vector<std::string> names_;
  ColumnPositions positions_;
};

// The values of one object by what they mean, as text; with text of its own for what is not text in JSON.
class Values {
 public:
  Values(const json& object, const Keys& keys) {
    for (std::size_t role = 0; role < column_role_count; ++role) {
      const auto position = keys.positions()[static_cast<ColumnRole>(role)];
      if (!position) continue;
      const json& found = object.at(keys.name(*position));
      if (!found.is_null()) values_[role] = &found;
    }
  }

  bool has(ColumnRole role) const { return value(role) != nullptr; }

  /// Text as it is, numbers as they are written; nothing for anything else.
  std::optional<std::string_view> scalar(ColumnRole role) {
    const json* found = value(role);
    if (found == nullptr) return std::nullopt;
    if (found->is_string()) return found->get_ref<const std::string&>();
    if (!found->is_number()) return std::nullopt;
    return texts_[static_cast<std::size_t>(role)] = found->dump();
  }

  /// As scalar(), but only whole numbers: an id of 1.0 has lost how it was written.
  std::optional<std::string_view> id(ColumnRole role) {
    const json* found = value(role);
    if (found != nullptr && found->is_number_float()) return std::nullopt;
    return scalar(role);
  }

  std::vector<std::string_view> topics() const {
    std::vector<std::string_view> topics;
    const json* found = value(ColumnRole::topics);
    if (found != nullptr && found->is_string()) topics.push_back(found->get_ref<const std::string&>());
    if (found != nullptr && found->is_array()) {
      for (const json& topic : *found) {
        if (topic.is_string()) topics.push_back(topic.get_ref<const std::string&>());
      }
    }
    return topics;
  }

 private:
  const json* value(ColumnRole role) const { return values_[static_cast<std::size_t>(role)]; }

  std::array<const json*, column_role_count> values_{};
  std::array<std::string, column_role_count> texts_;
};

class JsonlReader : public RowReader {
 public:
  JsonlReader(Contents contents, ColumnNames given, ColumnPositions seen)
      : contents_(contents), given_(std::move(given)), seen_(seen) {}

  Contents contents() const override { return contents_; }
  bool uses(ColumnRole role) const override { return seen_.has(role); }

  void read(LineReader& lines, RowSink& sink) const override {
    Keys keys(given_);
    for (Line line; lines.next(line);) {
      const RowOrigin origin{line.number, line.text};
      if (line.problem != nullptr) {
        reject(sink, origin, line.problem);
      } else if (line.text.find_first_not_of(" \t") != std::string_view::npos) {
        hand_over(origin, keys, sink);
      }
    }
  }

 private:
  void reject(RowSink& sink, const RowOrigin& origin, std::string_view reason) const {
    sink.reject(origin, contents_ == Contents::interactions ? RowKind::interaction : RowKind::attributes, reason);
  }

  void hand_over(const RowOrigin& origin, Keys& keys, RowSink& sink) const {
    const json object = json::parse(origin.text, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) return reject(sink, origin, "not a whole JSON object");
    keys.look_at(object);
    Values values(object, keys);
    const auto item = values.id(ColumnRole::item);
    if (!item) return reject(sink, origin, "no item, or its id is neither text nor a whole number");
    for (const ColumnRole role :
         {ColumnRole::time, ColumnRole::rating, ColumnRole::quality, ColumnRole::clickbait, ColumnRole::minutes}) {
      if (values.has(role) && !values.scalar(role)) {
        return reject(sink, origin, std::string(name_of(role)) + " is neither text nor a number");
      }
    }
    if (values.has(ColumnRole::user)) {
      const auto user = values.id(ColumnRole::user);
      if (!user) return reject(sink, origin, "the user's id is neither text nor a whole number");
      sink.interaction(origin, {.user = *user,
                                .item = *item,
                                .time = values.scalar(ColumnRole::time),
                                .rating = values.scalar(ColumnRole::rating)});
    } else if (keys.positions().has_attributes()) {
      sink.item(origin, {.key = *item,
                         .title = values.scalar(ColumnRole::title),
                         .topics = values.topics(),
                         .quality = values.scalar(ColumnRole::quality),
                         .clickbait = values.scalar(ColumnRole::clickbait),
                         .minutes = values.scalar(ColumnRole::minutes)});
    } else {
      reject(sink, origin, "no user");
    }
  }

  Contents contents_;
  ColumnNames given_;
  ColumnPositions seen_;
};

}  // namespace

std::unique_ptr<RowReader> recognise_jsonl(const FileSample& sample, const ColumnNames& given, Knowledge) {
  std::vector<std::string> keys;
  for (const std::string& line : sample.lines) {
    const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) continue;
    for (const auto& entry : object.items()) keys.push_back(entry.key());
  }
  const ColumnPositions columns = find_columns(keys, given);
  if (!columns.has(ColumnRole::item) || (!columns.has(ColumnRole::user) && !columns.has_attributes())) return nullptr;
  return std::make_unique<JsonlReader>(columns.has(ColumnRole::user) ? Contents::interactions : Contents::items, given,
                                       columns);
}

}  // namespace infodiet::recsys
