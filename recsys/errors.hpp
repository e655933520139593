// Exceptions of data and storage. Shape errors are in engine/errors.hpp, usage errors in tools.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::recsys {

/// Input that cannot be accepted; the message starts with "file:line: " if it comes from a file.
class DataError : public Error {
 public:
  using Error::Error;
};

/// An unknown name or setting, or a value out of range. The message says what was given and lists what is known.
class SettingError : public Error {
 public:
  using Error::Error;
  /// `given` is none of the names `known`; the caller may suggest the nearest.
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

/// An error of SQLite: the extended result code, the SQL that was run and the path of the file.
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
