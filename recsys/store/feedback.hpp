// Single interactions, by the keys of people and items, for the service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// The event of an interaction whose log names none.
inline constexpr std::string_view unnamed_event = "interaction";

/// An interaction.
struct Feedback {
  std::string event{unnamed_event};
  std::string user = {};
  std::string item = {};
  std::optional<std::int64_t> time = {};  ///< Unix seconds
  std::int64_t nanoseconds = 0;           ///< after `time`

  bool operator==(const Feedback&) const = default;
};

/// What a new interaction does if the same user, item and event are stored already.
enum class Earlier {
  keep,       ///< the earlier one stays and nothing is added
  overwrite,  ///< the earlier one gets the new time
  repeat,     ///< both count, unless their times are equal
};

/// Creates the index that list_feedback() uses to find the interactions with an item, unless it exists. For the service
/// only: it would slow imports by a fifth.
void index_by_item(Database& db);

/// Stores an interaction, with its person and item if new; returns whether anything changed. Throws DataError for keys
/// or an event that cannot be stored.
bool put_feedback(Database& db, const Feedback& feedback, Earlier earlier);
/// Deletes all interactions of this user, item and event; returns how many.
std::int64_t delete_feedback(Database& db, const Feedback& feedback);

/// Selects interactions; null selects all.
struct FeedbackFilter {
  std::optional<std::string> event = {};
  std::optional<std::string> user = {};
  std::optional<std::string> item = {};
};
/// The interaction after which a page begins.
struct FeedbackCursor {
  std::int64_t user_id = 0;
  std::int64_t sequence = 0;
};
/// A page of interactions.
struct FeedbackPage {
  std::vector<Feedback> feedback = {};
  std::optional<FeedbackCursor> next = {};  ///< if there may be more
};
/// At most `count` interactions, by person, then by order of storage.
FeedbackPage list_feedback(const Database& db, const FeedbackFilter& filter, const FeedbackCursor& after,
                           std::int64_t count);

}  // namespace infodiet::recsys
