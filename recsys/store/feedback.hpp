// Interactions one at a time, by the keys of people and items: as a service reads and writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// What an interaction is called whose log names no event.
inline constexpr std::string_view unnamed_event = "interaction";

struct Feedback {
  std::string event{unnamed_event};
  std::string user = {};
  std::string item = {};
  std::optional<std::int64_t> time = {};  ///< Unix seconds
  std::int64_t nanoseconds = 0;           ///< what is left of a second

  bool operator==(const Feedback&) const = default;
};

/// What an interaction does where the same person did the same with the same item before.
enum class Earlier {
  keep,       ///< the earlier one stays and nothing is added
  overwrite,  ///< the earlier one gets the new time
  repeat,     ///< both count, unless their times are equal
};

/// Makes the index by which list_feedback() finds what was done with an item, unless it is there. A service wants it;
/// files that are none's do without, since it costs an import a fifth of its time.
void index_by_item(Database& db);

/// Stores an interaction; people and items that are new are inserted. Whether anything changed. Throws DataError for
/// keys or an event that cannot be stored.
bool put_feedback(Database& db, const Feedback& feedback, Earlier earlier);
/// Deletes all interactions of these three; returns how many.
std::int64_t delete_feedback(Database& db, const Feedback& feedback);

/// Which interactions; what is null is any.
struct FeedbackFilter {
  std::optional<std::string> event = {};
  std::optional<std::string> user = {};
  std::optional<std::string> item = {};
};
/// Where a page begins: after this interaction.
struct FeedbackCursor {
  std::int64_t user_id = 0;
  std::int64_t sequence = 0;
};
struct FeedbackPage {
  std::vector<Feedback> feedback = {};
  std::optional<FeedbackCursor> next = {};  ///< if there may be more
};
/// At most `count` interactions, by person and then in the order in which they were stored.
FeedbackPage list_feedback(const Database& db, const FeedbackFilter& filter, const FeedbackCursor& after,
                           std::int64_t count);

}  // namespace infodiet::recsys
