#include "recsys/store/key_cache.hpp"

#include <fmt/format.h>

namespace infodiet::recsys {
namespace {

constexpr std::size_t max_bytes = std::size_t{64} << 20;
// A node, its bucket and its string's header, about.
constexpr std::size_t entry_bytes = 80;

}  // namespace

KeyCache::KeyCache(const Database& db, const std::string& table)
    : find_(db.prepare(fmt::format("SELECT id FROM {} WHERE key = ?", table))),
      insert_(db.prepare(fmt::format("INSERT INTO {} (key) VALUES (?) RETURNING id", table))) {}

std::int64_t KeyCache::find_or_insert(std::string_view key) {
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  const std::int64_t id = ask_table(key);
  bytes_ += key.size() + entry_bytes;
  if (bytes_ > max_bytes) {
    ids_.clear();
    bytes_ = key.size() + entry_bytes;
  }
  ids_.emplace(key, id);
  return id;
}

std::int64_t KeyCache::ask_table(std::string_view key) {
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
