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

/// A value without its column is no value at all; one that is missing in its row is a null mark or empty.
using FieldText = std::optional<std::string_view>;

struct InteractionText {
  std::string_view user;
  std::string_view item;
  FieldText session = {};  ///< stands in for a user that is missing
  FieldText time = {};
  FieldText time_offset = {};  ///< milliseconds after it
  FieldText rating = {};
  FieldText event = {};
  FieldText title = {};  ///< of the item
};

struct ItemText {
  std::string_view key;
  FieldText title = {};
  std::vector<std::string> topics = {};
  FieldText quality = {};
  FieldText clickbait = {};
  FieldText minutes = {};
  FieldText hidden = {};
  FieldText available = {};  ///< the opposite of hidden
  FieldText available_from = {};
  FieldText available_until = {};
};

/// Whether a rejected row would have been an interaction or something about an item or a user.
enum class RowKind { interaction, attributes };

/// Why a row is rejected: a cause that many rows share, and what is special to this one.
struct RejectReason {
  std::string_view cause;
  std::string_view detail = {};
};

class RowSink {
 public:
  virtual ~RowSink() = default;
  // Each takes the row or counts it as rejected, with the reason; throws DataError once too many are.
  virtual void interaction(const RowOrigin& origin, const InteractionText& row) = 0;
  virtual void item(const RowOrigin& origin, const ItemText& row) = 0;
  virtual void user(const RowOrigin& origin, std::string_view key) = 0;
  virtual void reject(const RowOrigin& origin, RowKind kind, const RejectReason& reason) = 0;
};

}  // namespace infodiet::recsys
