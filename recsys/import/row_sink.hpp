// What readers of formats hand over, still as text: every value is checked in one place, whatever the format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace infodiet::recsys {

/// Where a row stands, for messages.
struct RowOrigin {
  std::int64_t line = 0;
  std::string_view text;
};

struct InteractionText {
  std::string_view user;
  std::string_view item;
  std::optional<std::string_view> time = {};
  std::optional<std::string_view> rating = {};
};

struct ItemText {
  std::string_view key;
  std::optional<std::string_view> title = {};
  std::vector<std::string_view> topics = {};
  std::optional<std::string_view> quality = {};
  std::optional<std::string_view> clickbait = {};
  std::optional<std::string_view> minutes = {};
};

/// Whether a rejected row would have been an interaction or something about an item or a user.
enum class RowKind { interaction, attributes };

class RowSink {
 public:
  virtual ~RowSink() = default;
  // Each takes the row or counts it as rejected, with the reason; throws DataError once too many are.
  virtual void interaction(const RowOrigin& origin, const InteractionText& row) = 0;
  virtual void item(const RowOrigin& origin, const ItemText& row) = 0;
  virtual void user(const RowOrigin& origin, std::string_view key) = 0;
  virtual void reject(const RowOrigin& origin, RowKind kind, std::string_view reason) = 0;
};

}  // namespace infodiet::recsys
