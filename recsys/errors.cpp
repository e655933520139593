#include "recsys/errors.hpp"

#include <fmt/format.h>

namespace infodiet::recsys {

SqliteError::SqliteError(int code, const std::string& message, const std::string& sql, const std::string& path)
    : Error(sql.empty() ? fmt::format("{}: {} (SQLite code {})", path, message, code)
                        : fmt::format("{}: {} (SQLite code {}) in: {}", path, message, code, sql)),
      code_(code),
      sql_(sql),
      path_(path) {}

}  // namespace infodiet::recsys
