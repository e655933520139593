#include "recsys/store/key_cache.hpp"

#include <fmt/format.h>

#include "recsys/errors.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t max_bytes = std::size_t{64} << 20;
// About a node, its bucket and its string's header.
constexpr std::size_t key_entry_bytes = 80;

}  // namespace

std::optional<std::string_view> key_problem(std::string_view key) {
  if (key.empty()) return "empty id";
  if (key.size() > max_key_bytes) return "id longer than 1024 bytes";
  if (key.find('\0') != std::string_view::npos) return "NUL byte in an id";
  if (!is_valid_utf8(key)) return "id is not valid UTF-8";
  return std::nullopt;
}

KeyCache::KeyCache(const Database& db, const std::string& table)
    : find_(db.prepare(fmt::format("SELECT id FROM {} WHERE key = ?", table))),
      insert_(db.prepare(fmt::format("INSERT INTO {} (key) VALUES (?) RETURNING id", table))) {}

std::int64_t KeyCache::find_or_insert(std::string_view key) {
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  const std::int64_t id = ask_table(key);
  bytes_ += key.size() + key_entry_bytes;
  if (bytes_ > max_bytes) {
    ids_.clear();
    bytes_ = key.size() + key_entry_bytes;
  }
  ids_.emplace(key, id);
  return id;
}

std::int64_t KeyCache::ask_table(std::string_view key) {
  if (const auto problem = key_problem(key)) throw DataError(fmt::format("cannot be stored: {}", *problem));
  Statement* statement = &find_;
  find_.bind(key);
  if (!find_.step()) {
    statement = &insert_;
    insert_.bind(key);
    insert_.step();
  }
  const std::int64_t id = statement->integer(0);
  statement->reset();
  return id;
}

}  // namespace infodiet::recsys
