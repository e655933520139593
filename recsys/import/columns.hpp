// The meaning of columns of tables and keys of JSON objects, by name.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace infodiet::recsys {

/// What a column can mean.
enum class ColumnRole {
  user,
  item,
  time,
  rating,
  event,
  session,
  title,
  topics,
  quality,
  clickbait,
  minutes,
  hidden,
  available,
  available_from,
  available_until
};
inline constexpr std::size_t column_role_count = 15;
/// The roles that describe an item.
inline constexpr std::array attribute_roles{
    ColumnRole::title,     ColumnRole::topics,         ColumnRole::quality,
    ColumnRole::clickbait, ColumnRole::minutes,        ColumnRole::hidden,
    ColumnRole::available, ColumnRole::available_from, ColumnRole::available_until};

/// The role's name on the command line: "user", ...
std::string_view name_of(ColumnRole role);
/// The reverse; nothing for an unknown name.
std::optional<ColumnRole> column_role_named(std::string_view name);

/// Names of columns given by the user: a header's name, or a number from 1 where files have no header. An empty name
/// says that no column has this role.
using ColumnNames = std::map<ColumnRole, std::string>;

/// The position of each role's column, if there is one.
class ColumnPositions {
 public:
  std::optional<std::size_t>& operator[](ColumnRole role) { return positions_[static_cast<std::size_t>(role)]; }
  std::optional<std::size_t> operator[](ColumnRole role) const { return positions_[static_cast<std::size_t>(role)]; }
  bool has(ColumnRole role) const { return (*this)[role].has_value(); }
  /// Whether there is a column of any of attribute_roles.
  bool has_attributes() const;
  /// How many roles have a column.
  std::size_t count() const;
  /// The role of the column at a position, if it has one.
  std::optional<ColumnRole> role_of(std::size_t position) const;
  bool operator==(const ColumnPositions&) const = default;

 private:
  std::array<std::optional<std::size_t>, column_role_count> positions_;
};

/// A name in lower case, without blanks, dashes, underscores and dots.
std::string normalised_name(std::string_view name);

/// The column of this name: exactly, else by normalised name.
std::optional<std::size_t> find_column(std::span<const std::string> header, std::string_view name);

/// Finds the columns among a header's names: those the user gave, and the usual aliases for the other roles (of
/// several, the most usual one). If a given name does not exist, the aliases apply. Without an alias for items, the
/// only other column of ids is theirs.
ColumnPositions find_columns(std::span<const std::string> header, const ColumnNames& given);

/// Columns whose names suggest the time of the interaction, the more usual first.
std::vector<std::size_t> time_columns(std::span<const std::string> header);
/// Whether a column of this name holds some other time than that of the interaction: "birth date", "updated at", ...
bool names_another_time(std::string_view name);

/// The positions given as numbers from 1; nothing if there are no names or any of them is not a number.
std::optional<ColumnPositions> numbered_columns(const ColumnNames& given);

}  // namespace infodiet::recsys
