// The hash of one row of a table; the table's digest is their sum (table_digests.hpp).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

struct sqlite3_value;

namespace infodiet::recsys {

/// Add a row's values in the order of the table's columns. The hash depends only on the values, not on how SQLite
/// stores them.
class RowHash {
 public:
  /// Begins a row; then add its values and read its hash.
  void start() { bytes_.clear(); }

  void add(std::nullptr_t) { bytes_.push_back('n'); }
  void add(std::integral auto value) { add_number('i', static_cast<std::int64_t>(value)); }
  void add(double value);
  void add(std::string_view text) { add_bytes('t', text); }
  template <class T>
  void add(const std::optional<T>& value) {
    value ? add(*value) : add(nullptr);
  }
  void add(sqlite3_value* value);

  std::uint64_t value() const;

 private:
  void add_number(char type, std::int64_t number);
  void add_bytes(char type, std::string_view bytes);

  std::vector<char> bytes_;
};

}  // namespace infodiet::recsys
