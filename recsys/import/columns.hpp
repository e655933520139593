// What columns of tables and keys of JSON objects mean, whatever they are called.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace infodiet::recsys {

enum class ColumnRole { user, item, time, rating, title, topics, quality, clickbait, minutes };
inline constexpr std::size_t column_role_count = 9;

/// The role's name on the command line: "user", ...
std::string_view name_of(ColumnRole role);
std::optional<ColumnRole> column_role_named(std::string_view name);

/// Names of columns given by the user: a header's name, or a number from 1 where files have no header. An empty name
/// says that no column has this role.
using ColumnNames = std::map<ColumnRole, std::string>;

/// The position of each role's column, where there is one.
class ColumnPositions {
 public:
  std::optional<std::size_t>& operator[](ColumnRole role) { return positions_[static_cast<std::size_t>(role)]; }
  std::optional<std::size_t> operator[](ColumnRole role) const { return positions_[static_cast<std::size_t>(role)]; }
  bool has(ColumnRole role) const { return (*this)[role].has_value(); }
  /// Whether any of title, topics, quality, clickbait and minutes is there.
  bool has_attributes() const;
  std::size_t count() const;
  bool operator==(const ColumnPositions&) const = default;

 private:
  std::array<std::optional<std::size_t>, column_role_count> positions_;
};

/// Finds the columns among a header's names: those the user gave, and the usual aliases for the other roles (without
/// regard to case, spaces, dashes and underscores; of several aliases the more usual one).
ColumnPositions find_columns(std::span<const std::string> header, const ColumnNames& given);

/// The positions given as numbers from 1, or nothing if any name given is not a number.
std::optional<ColumnPositions> numbered_columns(const ColumnNames& given);

}  // namespace infodiet::recsys
