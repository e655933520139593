#include "recsys/store/row_hash.hpp"

#include <sqlite3.h>
#include <xxhash.h>

#include <bit>
#include <cstring>

namespace infodiet::recsys {

void RowHash::add(sqlite3_value* value) {
  const auto bytes = [&](const void* data) {
    return std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_value_bytes(value)));
  };
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return add(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return add(sqlite3_value_double(value));
    case SQLITE_TEXT:
      return add_bytes('t', bytes(sqlite3_value_text(value)));
    case SQLITE_BLOB:
      return add_bytes('b', bytes(sqlite3_value_blob(value)));
    default:
      add(nullptr);
  }
}

void RowHash::add(double value) {
  // SQLite stores whole numbers of a REAL column as integers and may return either type.
  constexpr double exact = 9007199254740992.0;
  if (value > -exact && value < exact && value == static_cast<double>(static_cast<std::int64_t>(value))) {
    add_number('i', static_cast<std::int64_t>(value));
  } else {
    add_number('r', std::bit_cast<std::int64_t>(value));
  }
}

void RowHash::add_number(char type, std::int64_t number) {
  char bytes[1 + sizeof number] = {type};
  std::memcpy(bytes + 1, &number, sizeof number);
  bytes_.insert(bytes_.end(), bytes, bytes + sizeof bytes);
}

void RowHash::add_bytes(char type, std::string_view bytes) {
  add_number(type, static_cast<std::int64_t>(bytes.size()));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::uint64_t RowHash::value() const {
  return XXH3_64bits(bytes_.data(), bytes_.size());
}

}  // namespace infodiet::recsys
