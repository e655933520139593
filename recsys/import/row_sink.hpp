// The rows that all readers pass on, still as text, so that the same code checks all values (row_importer.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/item_attribute.hpp"

namespace infodiet::recsys {

/// The line of a row, for messages.
struct RowOrigin {
  std::int64_t line = 0;
  std::string_view text;
};

/// Nothing if there is no such column; empty or a null mark if the row lacks the value.
using FieldText = std::optional<std::string_view>;

/// An interaction.
struct InteractionText {
  std::string_view user;
  std::string_view item;
  FieldText session = {};  ///< replaces a missing user
  FieldText time = {};
  FieldText time_offset = {};  ///< milliseconds after it
  FieldText rating = {};
  FieldText event = {};
  FieldText title = {};  ///< of the item
};

/// An item and its attributes.
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
  std::vector<ItemAttribute> attributes = {};
};

/// Whether a rejected row would have been an interaction or something about an item or a user.
enum class RowKind { interaction, attributes };

/// Why a row is rejected: a cause that rows share, and the details of this row.
struct RejectReason {
  std::string_view cause;
  std::string_view detail = {};
};

/// Receives rows.
class RowSink {
 public:
  virtual ~RowSink() = default;
  // Each accepts the row or counts it as rejected, with the reason; throws DataError after too many rejects.
  virtual void interaction(const RowOrigin& origin, const InteractionText& row) = 0;
  virtual void item(const RowOrigin& origin, const ItemText& row) = 0;
  virtual void user(const RowOrigin& origin, std::string_view key) = 0;
  virtual void reject(const RowOrigin& origin, RowKind kind, const RejectReason& reason) = 0;
};

}  // namespace infodiet::recsys
