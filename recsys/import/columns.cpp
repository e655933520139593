#include "recsys/import/columns.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace infodiet::recsys {
namespace {

struct RoleNames {
  ColumnRole role;
  std::string_view name;
  std::vector<std::string_view> aliases;  // normalised by normalised_name(), the most usual first
};

const std::array<RoleNames, column_role_count>& role_names() {
  static const std::array<RoleNames, column_role_count> names{{
      {ColumnRole::user,
       "user",
       {"userid",         "user",       "uid",          "reviewerid",        "customerid",  "visitorid",
        "accountid",      "readerid",   "username",     "reviewprofilename", "profilename", "customerno",
        "customernumber", "customernr", "customer",     "clientid",          "clientno",    "client",
        "shopperid",      "shopper",    "visitor",      "memberid",          "memberno",    "member",
        "buyerid",        "buyer",      "subscriberid", "patronid",          "listenerid",  "viewerid",
        "playerid",       "studentid",  "personid",     "profileid",         "accountno",   "account"}},
      {ColumnRole::item,
       "item",
       {"itemid",       "item",          "iid",         "movieid",   "parentasin",    "productid", "articleid",
        "newsid",       "bookid",        "asin",        "isbn",      "trackid",       "songid",    "videoid",
        "animeid",      "businessid",    "gameid",      "appid",     "artistid",      "albumid",   "jokeid",
        "recipeid",     "courseid",      "beerid",      "podcastid", "locationid",    "article",   "sku",
        "productno",    "productnumber", "productcode", "articleno", "articlenumber", "articlenr", "itemno",
        "itemnumber",   "itemcode",      "stockcode",   "ean",       "ean13",         "gtin",      "upc",
        "isbn13",       "contentid",     "showid",      "filmid",    "storyid",       "postid",    "venueid",
        "restaurantid", "product",       "movie",       "book",      "song",          "track",     "film",
        "video",        "game"}},
      {ColumnRole::time,
       "time",
       {"timestamp", "time", "ts", "unixtime", "unixreviewtime", "eventtime", "datetime", "date", "createdat", "timems",
        "timestampms", "tdat", "eventdate", "dateadded", "day", "datum"}},
      {ColumnRole::rating,
       "rating",
       {"rating", "ratings", "score", "stars", "overall", "bookrating", "userrating", "myrating", "myscore"}},
      {ColumnRole::event,
       "event",
       {"event", "eventtype", "eventname", "behavior", "behaviour", "behaviortype", "behaviourtype", "action",
        "actiontype", "interactiontype"}},
      {ColumnRole::session, "session", {"sessionid", "session", "usersession"}},
      {ColumnRole::title,
       "title",
       {"title", "movietitle", "itemtitle", "name", "itemname", "productname", "prodname", "booktitle", "appname",
        "englishname", "articlename"}},
      {ColumnRole::topics,
       "topics",
       {"topics", "topic", "genres", "genre", "categories", "category", "class", "categorycode", "maincategory", "tags",
        "tag", "categorypath", "categoryname", "breadcrumb", "breadcrumbs", "department"}},
      {ColumnRole::quality, "quality", {"quality"}},
      {ColumnRole::clickbait, "clickbait", {"clickbait"}},
      {ColumnRole::minutes, "minutes", {"minutes"}},
      {ColumnRole::hidden,
       "hidden",
       {"hidden", "ishidden", "discontinued", "isdiscontinued", "inactive", "isinactive", "outofstock", "deleted",
        "isdeleted"}},
      {ColumnRole::available,
       "available",
       {"available", "isavailable", "instock", "isinstock", "active", "isactive", "enabled", "isenabled"}},
      {ColumnRole::available_from, "available_from", {"availablefrom"}},
      {ColumnRole::available_until, "available_until", {"availableuntil"}},
  }};
  return names;
}

// Ids of things that are not items.
constexpr std::array<std::string_view, 15> other_ids{"sessionid", "transactionid", "reviewid", "orderid", "categoryid",
                                                     "brandid",   "parentid",      "storeid",  "rowid",   "requestid",
                                                     "eventid",   "impressionid",  "deviceid", "cityid",  "countryid"};

template <class Range, class T>
std::optional<std::size_t> position_in(const Range& range, const T& value) {
  const auto found = std::find(range.begin(), range.end(), value);
  return found == range.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - range.begin()));
}

template <class Range>
bool is_one_of(const Range& range, std::string_view value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

const RoleNames& names_of(ColumnRole role) {
  return role_names()[static_cast<std::size_t>(role)];
}

// The only column of ids not known to belong to people or other things: "anime_id", "show_id".
std::optional<std::size_t> only_other_id(const std::vector<std::string>& names, bool has_user) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    if (name == "id" && has_user) continue;  // of the row
    if (!name.ends_with("id") || is_one_of(other_ids, name)) continue;
    if (is_one_of(names_of(ColumnRole::user).aliases, name)) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

std::vector<std::string> normalised_names(std::span<const std::string> header) {
  std::vector<std::string> names;
  for (const std::string& name : header) names.push_back(normalised_name(name));
  return names;
}

}  // namespace

std::string normalised_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (c != ' ' && c != '_' && c != '-' && c != '.') {
      out += c;
    }
  }
  return out;
}

std::string_view name_of(ColumnRole role) {
  return names_of(role).name;
}

std::optional<ColumnRole> column_role_named(std::string_view name) {
  for (const RoleNames& entry : role_names()) {
    if (entry.name == name) return entry.role;
  }
  return std::nullopt;
}

bool ColumnPositions::has_attributes() const {
  return std::any_of(attribute_roles.begin(), attribute_roles.end(), [&](ColumnRole role) { return has(role); });
}

std::size_t ColumnPositions::count() const {
  return static_cast<std::size_t>(
      std::count_if(positions_.begin(), positions_.end(), [](const auto& position) { return position.has_value(); }));
}

std::optional<ColumnRole> ColumnPositions::role_of(std::size_t position) const {
  const auto role = position_in(positions_, std::optional(position));
  return role ? std::optional(static_cast<ColumnRole>(*role)) : std::nullopt;
}

std::optional<std::size_t> find_column(std::span<const std::string> header, std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (const auto exact = position_in(header, name)) return exact;
  return position_in(normalised_names(header), normalised_name(name));
}

ColumnPositions find_columns(std::span<const std::string> header, const ColumnNames& given) {
  const std::vector<std::string> names = normalised_names(header);
  ColumnPositions positions;
  const auto is_left_out = [&](ColumnRole role) {
    const auto name = given.find(role);
    return name != given.end() && name->second.empty();
  };
  for (const auto& [role, name] : given) positions[role] = find_column(header, name);
  for (const RoleNames& entry : role_names()) {
    if (positions.has(entry.role) || is_left_out(entry.role)) continue;
    for (const std::string_view alias : entry.aliases) {
      const auto position = position_in(names, alias);
      if (!position || positions.role_of(*position)) continue;
      positions[entry.role] = position;
      break;
    }
  }
  if (!positions.has(ColumnRole::user) && !is_left_out(ColumnRole::user)) {
    std::swap(positions[ColumnRole::user], positions[ColumnRole::session]);
  }
  if (!positions.has(ColumnRole::item) && !is_left_out(ColumnRole::item)) {
    const auto other = only_other_id(names, positions.has(ColumnRole::user));
    if (other && !positions.role_of(*other)) positions[ColumnRole::item] = other;
  }
  return positions;
}

bool names_another_time(std::string_view name) {
  constexpr std::array<std::string_view, 9> others{"birth",  "release", "register", "expir", "publi",
                                                   "update", "modif",   "edited",   "member"};
  const std::string normalised = normalised_name(name);
  return std::any_of(others.begin(), others.end(),
                     [&](std::string_view part) { return normalised.find(part) != std::string::npos; });
}

std::vector<std::size_t> time_columns(std::span<const std::string> header) {
  const std::vector<std::string> names = normalised_names(header);
  std::vector<std::size_t> columns;
  for (const std::string_view alias : names_of(ColumnRole::time).aliases) {
    if (const auto position = position_in(names, alias)) columns.push_back(*position);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const bool says_when = name.find("time") != std::string::npos || name.find("date") != std::string::npos ||
                           (name.size() > 3 && (name.ends_with("edat") || name.ends_with("nat")));
    if (says_when && !names_another_time(name) && !position_in(columns, i)) columns.push_back(i);
  }
  return columns;
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
  return positions.count() > 0 ? std::optional(positions) : std::nullopt;
}

}  // namespace infodiet::recsys
