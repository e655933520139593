#include "recsys/import/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_set>

#include "recsys/import/json_records.hpp"
#include "recsys/import/records.hpp"
#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

using Fields = std::span<const std::string_view>;

// Inserts the values of a template's columns; false if one of them is missing.
bool fill(const TextTemplate& form, Fields fields, std::string& text) {
  text.clear();
  for (const TextTemplate::Piece& piece : form.pieces) {
    text += piece.text;
    if (!piece.column) continue;
    if (is_null_mark(fields[*piece.column])) return false;
    text += fields[*piece.column];
  }
  return !form.empty();
}

bool is_true(std::string_view text) {
  return text == "1" || text == "true" || text == "True" || text == "1.0";
}

class TableReader : public RowReader {
 public:
  explicit TableReader(TableLayout layout) : RowReader(std::move(layout.understanding)), layout_(std::move(layout)) {}

  void read(ByteSource& source, const std::function<bool()>& should_stop, RowSink& sink) const override {
    if (layout_.dialect.kind == Dialect::Kind::json) {
      read_records(*json_records(source, should_stop, json_columns()), sink);
    } else {
      LineReader lines(source, should_stop);
      read_records(*delimited_records(lines, layout_.dialect), sink);
    }
  }

 private:
  // Buffers for values assembled from several fields of a row.
  struct Scratch {
    std::string key;
    std::string title;
    std::string time;
    std::unordered_set<std::string> people;  // whose history was already passed on
  };

  const ColumnPositions& columns() const { return understanding().columns; }

  JsonColumns json_columns() const {
    const Understanding& known = understanding();
    JsonColumns json{.names = known.names, .wanted = {}, .ids = {}};
    for (std::size_t i = 0; i < known.names.size(); ++i) {
      const auto role = known.columns.role_of(i);
      json.wanted.push_back(!known.uses[i].empty());
      json.ids.push_back(role == ColumnRole::user || role == ColumnRole::item || role == ColumnRole::session);
    }
    return json;
  }

  void read_records(RecordReader& records, RowSink& sink) const {
    const RowKind kind =
        understanding().contents == Contents::interactions ? RowKind::interaction : RowKind::attributes;
    const std::size_t expected = understanding().names.size();
    Scratch scratch;
    Record record;
    if (layout_.has_header) records.next(record);
    while (records.next(record)) {
      const RowOrigin origin{record.line, record.text};
      Fields fields = record.fields;
      // Some programs end every row with a separator.
      if (fields.size() == expected + 1 && fields.back().empty()) fields = fields.first(expected);
      if (record.problem != nullptr) {
        sink.reject(origin, kind, {record.problem});
      } else if (fields.size() != expected) {
        const std::string_view cause = fields.size() < expected ? "missing fields" : "extra fields";
        sink.reject(origin, kind, {cause, fmt::format(": {}, expected {}", fields.size(), expected)});
      } else {
        hand_over(origin, fields, scratch, sink);
      }
    }
  }

  FieldText field(Fields fields, ColumnRole role) const {
    const auto position = columns()[role];
    return position ? FieldText(fields[*position]) : std::nullopt;
  }
  std::string_view value(Fields fields, ColumnRole role) const {
    return field(fields, role).value_or(std::string_view());
  }

  void hand_over(const RowOrigin& origin, Fields fields, Scratch& scratch, RowSink& sink) const {
    switch (understanding().contents) {
      case Contents::interactions:
        if (layout_.impressions) {
          hand_over_impressions(origin, fields, scratch, sink);
        } else {
          sink.interaction(origin, interaction(fields, scratch));
        }
        break;
      case Contents::items:
        sink.item(origin, {.key = value(fields, ColumnRole::item),
                           .title = title(fields, scratch),
                           .topics = topics(fields),
                           .quality = field(fields, ColumnRole::quality),
                           .clickbait = field(fields, ColumnRole::clickbait),
                           .minutes = field(fields, ColumnRole::minutes),
                           .hidden = field(fields, ColumnRole::hidden),
                           .available = field(fields, ColumnRole::available),
                           .available_from = field(fields, ColumnRole::available_from),
                           .available_until = field(fields, ColumnRole::available_until),
                           .attributes = attributes(fields)});
        break;
      case Contents::users:
        sink.user(origin, value(fields, ColumnRole::user));
        break;
    }
  }

  InteractionText interaction(Fields fields, Scratch& scratch) const {
    InteractionText row{.user = value(fields, ColumnRole::user),
                        .item = value(fields, ColumnRole::item),
                        .session = field(fields, ColumnRole::session),
                        .time = field(fields, ColumnRole::time),
                        .time_offset = {},
                        .rating = field(fields, ColumnRole::rating),
                        .event = field(fields, ColumnRole::event),
                        .title = title(fields, scratch)};
    if (!layout_.item_key.empty() && is_null_mark(row.item) && fill(layout_.item_key, fields, scratch.key)) {
      row.item = scratch.key;
    }
    if (layout_.time_fallback && row.time && is_null_mark(*row.time)) row.time = fields[*layout_.time_fallback];
    if (layout_.time_of_day && !is_null_mark(row.time.value_or("")) && !is_null_mark(fields[*layout_.time_of_day])) {
      scratch.time.assign(*row.time).append(" ").append(fields[*layout_.time_of_day]);
      row.time = scratch.time;
    }
    if (layout_.time_offset) row.time_offset = fields[*layout_.time_offset];
    if (layout_.event_flag) {
      row.event = is_true(fields[*layout_.event_flag]) ? layout_.flag_events.first : layout_.flag_events.second;
    }
    return row;
  }

  FieldText title(Fields fields, Scratch& scratch) const {
    if (!layout_.item_title.empty() && fill(layout_.item_title, fields, scratch.title)) return scratch.title;
    return field(fields, ColumnRole::title);
  }

  std::vector<std::string> topics(Fields fields) const {
    std::vector<std::string> topics;
    for (std::size_t flag = 0; flag < layout_.flag_topics.size(); ++flag) {
      if (fields[layout_.first_flag + flag] == "1") topics.push_back(layout_.flag_topics[flag]);
    }
    if (const FieldText text = field(fields, ColumnRole::topics)) {
      for (std::string& topic : split_topics(layout_.topics, *text)) topics.push_back(std::move(topic));
    }
    return topics;
  }

  std::vector<ItemAttribute> attributes(Fields fields) const {
    const Understanding& known = understanding();
    std::vector<ItemAttribute> all;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (known.uses[i] != attribute_use) continue;
      for (std::string& value : split_topics({.separator = "|"}, fields[i])) {
        all.push_back({.name = known.names[i], .value = std::move(value)});
      }
    }
    return all;
  }

  // "N1 N2" were read earlier, at unknown times, and are repeated in every row of a person; of "N3-1 N4-0" the first
  // was clicked, the second only shown.
  void hand_over_impressions(const RowOrigin& origin, Fields fields, Scratch& scratch, RowSink& sink) const {
    const std::size_t shown = *columns()[ColumnRole::item];
    InteractionText row{.user = value(fields, ColumnRole::user), .item = {}};
    if (scratch.people.emplace(row.user).second) {
      row.event = "click";
      for_each_word(fields[shown - 1], [&](std::string_view item) {
        row.item = item;
        sink.interaction(origin, row);
      });
    }
    row.time = field(fields, ColumnRole::time);
    for_each_word(fields[shown], [&](std::string_view item) {
      row.event = item.ends_with("-1") ? "click" : "shown";
      if (item.ends_with("-1") || item.ends_with("-0")) item.remove_suffix(2);
      row.item = item;
      sink.interaction(origin, row);
    });
  }

  template <class Use>
  static void for_each_word(std::string_view text, Use&& use) {
    while (!(text = trimmed(text)).empty()) {
      const std::size_t size = std::min(text.find(' '), text.size());
      if (!is_null_mark(text.substr(0, size))) use(text.substr(0, size));
      text.remove_prefix(size);
    }
  }

  TableLayout layout_;
};

}  // namespace

std::unique_ptr<RowReader> table_reader(TableLayout layout) {
  return std::make_unique<TableReader>(std::move(layout));
}

}  // namespace infodiet::recsys
