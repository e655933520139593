// Exceptions of data and storage. Not the place for shape errors (engine/errors.hpp) or usage errors (tools).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::recsys {

/// Input that was read but cannot be accepted; the message starts with "file:line: " where there is one.
class DataError : public Error {
 public:
  using Error::Error;
};

/// A name or setting given by the user that is not known, or a value that is out of range. The message says what was
/// given and lists what is known.
class SettingError : public Error {
 public:
  using Error::Error;
  /// `given` is none of the names `known`: who shows the message may suggest the nearest.
  SettingError(const std::string& message, std::string given, std::vector<std::string> known)
      : Error(message), given_(std::move(given)), known_(std::move(known)) {}

  const std::string& given() const { return given_; }
  const std::vector<std::string>& known() const { return known_; }

 private:
  std::string given_;
  std::vector<std::string> known_;
};

/// A database file or model that is damaged, not ours, or from another version.
class DamagedError : public Error {
 public:
  using Error::Error;
};

/// What SQLite reported: the extended result code, the SQL that was run and the path of the file.
class SqliteError : public Error {
 public:
  SqliteError(int code, const std::string& message, const std::string& sql, const std::string& path);
  int code() const { return code_; }
  const std::string& sql() const { return sql_; }
  const std::string& path() const { return path_; }

 private:
  int code_;
  std::string sql_;
  std::string path_;
};

}  // namespace infodiet::recsys
