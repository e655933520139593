// Conversion between stored people, items and feedback and the JSON of gorse's clients.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "recsys/import/times.hpp"
#include "recsys/store/entries.hpp"
#include "recsys/store/feedback.hpp"
#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

/// Parses a time such as 2024-05-01T12:30:00Z, possibly with a fraction or an offset; nothing for anything else.
std::optional<recsys::Instant> parse_instant(std::string_view text);
/// Unix seconds as 2024-05-01T12:30:00Z.
std::string format_time(std::int64_t seconds);
/// The same, and an empty text for an unknown time.
std::string format_time(const std::optional<std::int64_t>& seconds);

extern const std::span<const Field> user_fields;
extern const std::span<const Field> user_change_fields;
extern const std::span<const Field> item_fields;
extern const std::span<const Field> item_change_fields;
extern const std::span<const Field> feedback_fields;
/// For an unknown person only the item is required.
extern const std::span<const Field> session_fields;
/// The same with a switch: interactions switched off count as not consumed.
extern const std::span<const Field> switched_fields;
/// Of simulated sessions: one person's, several people's, and those of a stored run.
extern const std::span<const Field> session_run_fields;
extern const std::span<const Field> people_run_fields;
extern const std::span<const Field> kept_run_fields;

/// Entries in the shape of gorse's clients.
Json to_json(const recsys::UserEntry& user);
Json to_json(const recsys::ItemEntry& item);
Json to_json(const recsys::Feedback& feedback);

/// The change of an entry; missing keys of `object` change nothing.
recsys::UserChange user_change(const Json& object);
recsys::ItemChange item_change(const Json& object);
/// The change that replaces an entry: missing keys of `object` become empty, except a title.
recsys::UserChange whole_user(const Json& object);
recsys::ItemChange whole_item(const Json& object);
/// Without a time, it happened now.
recsys::Feedback feedback_of(const Json& object);

}  // namespace infodiet::tools::serve
