#include "recsys/import/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "recsys/import/records.hpp"

namespace infodiet::recsys {
namespace {

// MovieLens' way of saying that there are none.
constexpr std::string_view no_topics = "(no genres listed)";

class TableReader : public RowReader {
 public:
  explicit TableReader(TableLayout layout) : layout_(std::move(layout)) {}

  Contents contents() const override { return layout_.contents; }
  bool uses(ColumnRole role) const override { return layout_.columns.has(role); }

  void read(LineReader& lines, RowSink& sink) const override {
    const auto records = layout_.quoting == TableLayout::Quoting::csv ? quoted_records(lines, layout_.separator.front())
                                                                      : unquoted_records(lines, layout_.separator);
    const RowKind kind = layout_.contents == Contents::interactions ? RowKind::interaction : RowKind::attributes;
    Record record;
    if (layout_.header == TableLayout::Header::first_line) records->next(record);
    while (records->next(record)) {
      const RowOrigin origin{record.line, record.text};
      if (record.problem != nullptr) {
        sink.reject(origin, kind, record.problem);
      } else if (record.fields.size() != layout_.fields) {
        sink.reject(
            origin, kind,
            fmt::format("{} fields: {}, expected {}", record.fields.size() < layout_.fields ? "missing" : "extra",
                        record.fields.size(), layout_.fields));
      } else {
        hand_over(origin, record.fields, sink);
      }
    }
  }

 private:
  using Fields = std::span<const std::string_view>;

  std::optional<std::string_view> field(Fields fields, ColumnRole role) const {
    const auto position = layout_.columns[role];
    return position ? std::optional(fields[*position]) : std::nullopt;
  }

  void hand_over(const RowOrigin& origin, Fields fields, RowSink& sink) const {
    const auto value = [&](ColumnRole role) { return field(fields, role).value_or(std::string_view()); };
    switch (layout_.contents) {
      case Contents::interactions:
        sink.interaction(origin, {.user = value(ColumnRole::user),
                                  .item = value(ColumnRole::item),
                                  .time = field(fields, ColumnRole::time),
                                  .rating = field(fields, ColumnRole::rating)});
        break;
      case Contents::items:
        sink.item(origin, {.key = value(ColumnRole::item),
                           .title = field(fields, ColumnRole::title),
                           .topics = topics(fields),
                           .quality = field(fields, ColumnRole::quality),
                           .clickbait = field(fields, ColumnRole::clickbait),
                           .minutes = field(fields, ColumnRole::minutes)});
        break;
      case Contents::users:
        sink.user(origin, value(ColumnRole::user));
        break;
    }
  }

  std::vector<std::string_view> topics(Fields fields) const {
    std::vector<std::string_view> topics;
    for (std::size_t flag = 0; flag < layout_.flag_topics.size(); ++flag) {
      if (fields[layout_.first_flag + flag] == "1") topics.push_back(layout_.flag_topics[flag]);
    }
    std::string_view names = field(fields, ColumnRole::topics).value_or(std::string_view());
    while (!names.empty() && names != no_topics) {
      const std::size_t end = std::min(names.find(layout_.topic_separator), names.size());
      topics.push_back(names.substr(0, end));
      names.remove_prefix(std::min(end + 1, names.size()));
    }
    return topics;
  }

  TableLayout layout_;
};

}  // namespace

std::unique_ptr<RowReader> table_reader(TableLayout layout) {
  return std::make_unique<TableReader>(std::move(layout));
}

std::optional<Contents> contents_of(const ColumnPositions& columns) {
  if (!columns.has(ColumnRole::item)) return std::nullopt;
  if (columns.has(ColumnRole::user)) return Contents::interactions;
  return columns.has_attributes() ? std::optional(Contents::items) : std::nullopt;
}

}  // namespace infodiet::recsys
