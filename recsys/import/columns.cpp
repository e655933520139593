#include "recsys/import/columns.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

namespace infodiet::recsys {
namespace {

struct RoleNames {
  ColumnRole role;
  std::string_view name;
  std::vector<std::string_view> aliases;  // as normalised() gives them, the more usual first
};

const std::array<RoleNames, column_role_count>& role_names() {
  static const std::array<RoleNames, column_role_count> names{{
      {ColumnRole::user,
       "user",
       {"userid", "user", "uid", "reviewerid", "customerid", "visitorid", "accountid", "readerid", "sessionid"}},
      {ColumnRole::item,
       "item",
       {"itemid", "item", "iid", "movieid", "asin", "parentasin", "productid", "articleid", "newsid", "bookid", "isbn",
        "trackid", "songid", "videoid", "businessid"}},
      {ColumnRole::time,
       "time",
       {"timestamp", "time", "ts", "unixtime", "unixreviewtime", "eventtime", "datetime", "date", "createdat"}},
      {ColumnRole::rating, "rating", {"rating", "ratings", "score", "stars", "overall"}},
      {ColumnRole::title, "title", {"title", "movietitle", "itemtitle", "name", "itemname", "productname"}},
      {ColumnRole::topics, "topics", {"topics", "topic", "genres", "genre", "categories", "category", "class"}},
      {ColumnRole::quality, "quality", {"quality"}},
      {ColumnRole::clickbait, "clickbait", {"clickbait"}},
      {ColumnRole::minutes, "minutes", {"minutes"}},
  }};
  return names;
}

std::string normalised(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (c != ' ' && c != '_' && c != '-') {
      out += c;
    }
  }
  return out;
}

template <class Range, class T>
std::optional<std::size_t> position_in(const Range& range, const T& value) {
  const auto found = std::find(range.begin(), range.end(), value);
  return found == range.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - range.begin()));
}

}  // namespace

std::string_view name_of(ColumnRole role) {
  return role_names()[static_cast<std::size_t>(role)].name;
}

std::optional<ColumnRole> column_role_named(std::string_view name) {
  for (const RoleNames& entry : role_names()) {
    if (entry.name == name) return entry.role;
  }
  return std::nullopt;
}

bool ColumnPositions::has_attributes() const {
  return has(ColumnRole::title) || has(ColumnRole::topics) || has(ColumnRole::quality) || has(ColumnRole::clickbait) ||
         has(ColumnRole::minutes);
}

std::size_t ColumnPositions::count() const {
  return static_cast<std::size_t>(
      std::count_if(positions_.begin(), positions_.end(), [](const auto& position) { return position.has_value(); }));
}

ColumnPositions find_columns(std::span<const std::string> header, const ColumnNames& given) {
  std::vector<std::string> names;
  for (const std::string& name : header) names.push_back(normalised(name));
  ColumnPositions positions;
  for (const RoleNames& entry : role_names()) {
    if (const auto name = given.find(entry.role); name != given.end()) {
      positions[entry.role] = position_in(header, name->second);
      continue;
    }
    for (const std::string_view alias : entry.aliases) {
      positions[entry.role] = position_in(names, alias);
      if (positions.has(entry.role)) break;
    }
  }
  return positions;
}

std::optional<ColumnPositions> numbered_columns(const ColumnNames& given) {
  ColumnPositions positions;
  for (const auto& [role, name] : given) {
    if (name.empty()) continue;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end != name.data() + name.size() || number == 0) return std::nullopt;
    positions[role] = number - 1;
  }
  return positions;
}

}  // namespace infodiet::recsys
