#include "tools/serve/shapes.hpp"
#include "engine/io/json_text.hpp"

#include <array>
#include <ctime>

namespace infodiet::tools::serve {
namespace {

constexpr Field user_id_field{"UserId", Kind::text, "who, by your id", true};
constexpr Field labels_field{"Labels", Kind::any, "anything; returned unchanged"};
constexpr Field comment_field{"Comment", Kind::text, "anything; returned unchanged"};
constexpr Field item_id_field{"ItemId", Kind::text, "which item, by your id", true};
constexpr Field hidden_field{"IsHidden", Kind::flag, "whether lists leave it out"};
constexpr Field categories_field{"Categories", Kind::texts, "its topics, the main one first"};
constexpr Field listed_field{"Timestamp", Kind::time, "when it was first offered"};
constexpr Field title_field{"Title", Kind::text, "its title for people"};

constexpr std::array user_list{user_id_field, labels_field, comment_field};
constexpr std::array user_changes{labels_field, comment_field};
constexpr std::array item_list{item_id_field, hidden_field,  categories_field, listed_field,
                               labels_field,  comment_field, title_field};
constexpr std::array item_changes{hidden_field, categories_field, listed_field,
                                  labels_field, comment_field,    title_field};
constexpr Field done_at_field{"Timestamp", Kind::time, "when it was done; now if missing"};
constexpr std::array feedback_list{Field{"FeedbackType", Kind::text, "what was done: read, like, buy, ...", true},
                                   user_id_field, item_id_field, done_at_field};
constexpr Field any_event_field{"FeedbackType", Kind::text, "what was done"};
constexpr Field any_user_field{"UserId", Kind::text, "ignored"};
constexpr std::array session_list{any_event_field, any_user_field, item_id_field, done_at_field};
constexpr std::array switched_list{any_event_field, any_user_field, item_id_field, done_at_field,
                                   Field{"IsOff", Kind::flag, "whether to count it as not consumed"}};

constexpr Field environment_field{"Environment", Kind::text, "the environment: GET /api/simulation lists them", true};
constexpr Field policies_field{"Policies", Kind::texts, "1 to 8 policies by name", true};
constexpr Field traits_field{"Settings", Kind::any, "an object of traits and numbers"};
constexpr Field weights_field{"Reward", Kind::any, "in catalogue: an object of terms and weights"};
constexpr Field seed_field{"Seed", Kind::integer, "seed of people and random draws"};
constexpr std::array session_run_list{
    environment_field, policies_field, traits_field,
    weights_field,     seed_field,     Field{"Person", Kind::integer, "which of the simulated people"}};
constexpr std::array people_run_list{
    environment_field,
    policies_field,
    traits_field,
    weights_field,
    seed_field,
    Field{"First", Kind::integer, "the first of the simulated people"},
    Field{"People", Kind::integer, "how many, 50 at most"},
    Field{"Bounds", Kind::integer, "in catalogue: for how many of them to compute a bound"}};
constexpr std::array kept_run_list{environment_field, policies_field,
                                   traits_field,      weights_field,
                                   seed_field,        Field{"People", Kind::integer, "how many, 500 at most"}};

// Null if there is none.
const Json* find_value(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> text(const Json& object, const char* name) {
  const Json* value = find_value(object, name);
  return value ? std::optional(value->get<std::string>()) : std::nullopt;
}

std::optional<std::string> dumped(const Json& object, const char* name) {
  const Json* value = find_value(object, name);
  return value ? std::optional(value->dump(-1, ' ', false, Json::error_handler_t::replace)) : std::nullopt;
}

std::optional<recsys::Instant> time(const Json& object) {
  const std::optional<std::string> value = text(object, "Timestamp");
  return value ? parse_instant(*value) : std::nullopt;
}

// This was JSON when it was stored, but another program may have changed it.
Json parsed(const std::string& text) {
  Json value = engine::parse_json<Json>(text);
  return value.is_discarded() ? Json::array() : value;
}

}  // namespace

const std::span<const Field> user_fields = user_list;
const std::span<const Field> user_change_fields = user_changes;
const std::span<const Field> item_fields = item_list;
const std::span<const Field> item_change_fields = item_changes;
const std::span<const Field> feedback_fields = feedback_list;
const std::span<const Field> session_fields = session_list;
const std::span<const Field> switched_fields = switched_list;
const std::span<const Field> session_run_fields = session_run_list;
const std::span<const Field> people_run_fields = people_run_list;
const std::span<const Field> kept_run_fields = kept_run_list;

std::optional<recsys::Instant> parse_instant(std::string_view text) {
  return recsys::read_time({.kind = recsys::TimeReading::Kind::dates}, text);
}

std::string format_time(std::int64_t seconds) {
  return recsys::text_of({.seconds = seconds});
}

std::string format_time(const std::optional<std::int64_t>& seconds) {
  return seconds ? format_time(*seconds) : std::string();
}

Json to_json(const recsys::UserEntry& user) {
  return {{"UserId", user.key}, {"Labels", parsed(user.labels)}, {"Comment", user.comment}};
}

Json to_json(const recsys::ItemEntry& item) {
  Json object = {{"ItemId", item.key},
                 {"IsHidden", item.hidden},
                 {"Categories", item.topics},
                 {"Timestamp", format_time(item.listed)},
                 {"Labels", parsed(item.labels)},
                 {"Comment", item.comment}};
  if (item.title) object["Title"] = *item.title;
  return object;
}

Json to_json(const recsys::Feedback& feedback) {
  return {
      {"FeedbackType", feedback.event},
      {"UserId", feedback.user},
      {"ItemId", feedback.item},
      {"Timestamp", feedback.time ? recsys::text_of({*feedback.time, static_cast<std::int32_t>(feedback.nanoseconds)})
                                  : std::string()}};
}

recsys::UserChange user_change(const Json& object) {
  return {.labels = dumped(object, "Labels"), .comment = text(object, "Comment")};
}

recsys::ItemChange item_change(const Json& object) {
  recsys::ItemChange change{.title = text(object, "Title"),
                            .listed = {},
                            .labels = dumped(object, "Labels"),
                            .comment = text(object, "Comment")};
  if (const auto since = time(object)) change.listed = since->seconds;
  if (const Json* value = find_value(object, "IsHidden")) change.hidden = value->get<bool>();
  if (const Json* value = find_value(object, "Categories")) change.topics = value->get<std::vector<std::string>>();
  return change;
}

recsys::UserChange whole_user(const Json& object) {
  recsys::UserChange change = user_change(object);
  if (!change.labels) change.labels = "[]";
  if (!change.comment) change.comment = "";
  return change;
}

recsys::ItemChange whole_item(const Json& object) {
  recsys::ItemChange change = item_change(object);
  if (!change.hidden) change.hidden = false;
  if (!change.topics) change.topics.emplace();
  if (!change.labels) change.labels = "[]";
  if (!change.comment) change.comment = "";
  return change;
}

recsys::Feedback feedback_of(const Json& object) {
  const recsys::Instant when = time(object).value_or(recsys::Instant{.seconds = std::time(nullptr)});
  return {.event = text(object, "FeedbackType").value_or(""),
          .user = text(object, "UserId").value_or(""),
          .item = text(object, "ItemId").value_or(""),
          .time = when.seconds,
          .nanoseconds = when.nanoseconds};
}

}  // namespace infodiet::tools::serve
