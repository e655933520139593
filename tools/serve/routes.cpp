// Every route of the service: a new one is a row here and a handler (handlers.hpp).
#include <initializer_list>

#include "tools/serve/handlers.hpp"
#include "tools/serve/lists.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

constexpr Parameter page_size_parameter{"n", Kind::integer, "how many at most", "100", 1, 10'000};
constexpr Parameter cursor_parameter{"cursor", Kind::text, "the Cursor of the previous page; none for the first page"};
constexpr Parameter count_parameter{"n", Kind::integer, "how many", "10", 1, 1000};
constexpr Parameter offset_parameter{"offset", Kind::integer, "how many of the best to skip", "0", 0, 100'000};
constexpr Parameter diet_weight_parameter{
    "diet", Kind::number, "weight of balance towards the person's own topics: 0 relevance only, 1 balance only", "0", 0,
    1};
constexpr Parameter reasons_parameter{"reasons", Kind::flag,
                                      "whether to give reasons for each pick, which takes longer", "true"};

std::vector<Parameter> lists_with(std::initializer_list<Parameter> more) {
  std::vector<Parameter> all = list_parameters();
  all.insert(all.end(), more);
  return all;
}

Body one_of(std::string_view name, std::span<const Field> fields) {
  return {Amount::one, name, fields};
}
Body list_of(std::string_view name, std::span<const Field> fields) {
  return {Amount::list, name, fields};
}

std::vector<Route> health_routes() {
  return {
      {Method::get, "/api/health/live", "Whether the service runs", Access::anyone, {}, {}, "{Live}", live},
      {Method::get,
       "/api/health/ready",
       "Whether it answers",
       Access::anyone,
       {},
       {},
       "{Ready}; 503 while it is stopping",
       ready},
      {Method::get, "/metrics", "Counters for Prometheus", Access::read, {}, {}, "text", metrics},
      {Method::get, "/openapi.json", "All routes for programs", Access::anyone, {}, {}, "OpenAPI 3", description},
  };
}

std::vector<Route> list_routes() {
  const Parameter event{"write-back-type", Kind::text,
                        "store what is shown as feedback of this type; needs a write key"};
  const Parameter delay{"write-back-delay", Kind::text, "how far in the future that feedback is dated, such as 10m"};
  return {
      {Method::get,
       "/api/recommend/{user}/{category?}",
       "What somebody should see next",
       Access::read,
       lists_with({diet_weight_parameter, event, delay}),
       {},
       "ids, best first",
       recommend},
      {Method::post, "/api/session/recommend/{category?}",
       "What an unknown person should see next, after these interactions", Access::read, lists_with({}),
       list_of("feedback", session_fields), "[{Id, Score}]", recommend_to_session},
      {Method::get,
       "/api/popular/{category?}",
       "What most people consume",
       Access::read,
       lists_with({}),
       {},
       "[{Id, Score}]",
       popular},
      {Method::get,
       "/api/latest/{category?}",
       "The newest items",
       Access::read,
       lists_with({}),
       {},
       "[{Id, Score}], the score in Unix seconds",
       latest},
      {Method::get,
       "/api/item/{item}/neighbors/{category?}",
       "Items similar to an item",
       Access::read,
       lists_with({}),
       {},
       "[{Id, Score}]",
       item_neighbours},
      {Method::get,
       "/api/user/{user}/neighbors",
       "People who consume the same items",
       Access::read,
       {count_parameter, offset_parameter},
       {},
       "[{Id, Score}]",
       user_neighbours},
  };
}

std::vector<Route> answer_routes() {
  return {
      {Method::get,
       "/api/picks/{user}",
       "What somebody should see next, with titles and reasons",
       Access::read,
       lists_with({diet_weight_parameter, reasons_parameter}),
       {},
       "as recommend --json",
       picks},
      {Method::get,
       "/api/what-if/{user}",
       "The same list without some interactions",
       Access::read,
       lists_with({diet_weight_parameter,
                   reasons_parameter,
                   {"without", Kind::texts, "an item to treat as not consumed; may be given several times"}}),
       {},
       "as recommend --json",
       what_if},
      {Method::get,
       "/api/explain/{user}/{item}",
       "Why an item has its score for somebody",
       Access::read,
       {count_parameter},
       {},
       "as explain --json",
       explain},
      {Method::get,
       "/api/similar/{item}",
       "Items similar to an item, with titles",
       Access::read,
       lists_with({}),
       {},
       "as similar --json",
       similar},
      {Method::get,
       "/api/diet/{user}",
       "The information-diet label of somebody",
       Access::read,
       {},
       {},
       "as diet --json",
       diet},
      {Method::get, "/api/model", "The model in use", Access::read, {}, {}, "{model, number, published, ...}", model},
  };
}

std::vector<Route> page_routes() {
  const Parameter words{"words", Kind::text, "of titles of items, or the beginning of a person's id"};
  return {
      {Method::get, "/", "The page that shows what a feed does", Access::anyone, {}, {}, "HTML", page},
      {Method::get, "/page/{file}", "Files of the page", Access::anyone, {}, {}, "a script, a style", page_file},
      {Method::get,
       "/api/find",
       "Items by their titles and people by their ids",
       Access::read,
       {words, count_parameter},
       {},
       "{items, users}",
       find},
      {Method::get,
       "/api/history/{user}",
       "What somebody consumed, latest first, with titles",
       Access::read,
       {page_size_parameter},
       {},
       "{user, interactions, items}",
       history},
      {Method::post, "/api/session/picks",
       "What somebody should see next after these interactions, with titles and reasons", Access::read,
       lists_with({diet_weight_parameter, reasons_parameter}), list_of("feedback", switched_fields),
       "as recommend --json", session_picks},
      {Method::post,
       "/api/session/diet",
       "The information-diet label of these interactions, with its chart",
       Access::read,
       {},
       list_of("feedback", switched_fields),
       "as diet --json, and chart",
       session_diet},
  };
}

std::vector<Route> simulation_routes() {
  return {
      {Method::get,
       "/api/simulation",
       "What can be simulated: environments, lessons, policies, terms of the reward",
       Access::read,
       {},
       {},
       "{environments, lessons, policies, reward}",
       simulation_choices},
      {Method::post,
       "/api/simulation/session",
       "A simulated person with each of several feeds, step by step",
       Access::read,
       {},
       one_of("simulation", session_run_fields),
       "{steps, topics, feeds}",
       simulation_session},
      {Method::post,
       "/api/simulation/people",
       "What feeds earn from some simulated people",
       Access::read,
       {},
       one_of("simulation", people_run_fields),
       "{optimum, random, bounds, no_bound, feeds}",
       simulation_people},
      {Method::post,
       "/api/simulation/run",
       "Store what feeds earn from simulated people as a run",
       Access::write,
       {},
       one_of("simulation", kept_run_fields),
       "{run, command, policies}",
       keep_simulation},
  };
}

std::vector<Route> user_routes() {
  return {
      {Method::post,
       "/api/user",
       "Store somebody",
       Access::write,
       {},
       one_of("user", user_fields),
       "{RowAffected}",
       put_user},
      {Method::post,
       "/api/users",
       "Store several",
       Access::write,
       {},
       list_of("user", user_fields),
       "{RowAffected}",
       put_users},
      {Method::get,
       "/api/users",
       "Everybody, in pages",
       Access::read,
       {page_size_parameter, cursor_parameter},
       {},
       "{Cursor, Users}",
       get_users},
      {Method::get, "/api/user/{user}", "Somebody", Access::read, {}, {}, "{UserId, Labels, Comment}", get_user},
      {Method::patch,
       "/api/user/{user}",
       "Change the fields that are sent",
       Access::write,
       {},
       one_of("user", user_change_fields),
       "{RowAffected}",
       change_user},
      {Method::remove,
       "/api/user/{user}",
       "Forget somebody and everything derived from them",
       Access::write,
       {},
       {},
       "{RowAffected}",
       forget_user},
  };
}

std::vector<Route> item_routes() {
  return {
      {Method::post,
       "/api/item",
       "Store an item",
       Access::write,
       {},
       one_of("item", item_fields),
       "{RowAffected}",
       put_item},
      {Method::post,
       "/api/items",
       "Store several",
       Access::write,
       {},
       list_of("item", item_fields),
       "{RowAffected}",
       put_items},
      {Method::get,
       "/api/items",
       "All items, in pages",
       Access::read,
       {page_size_parameter, cursor_parameter},
       {},
       "{Cursor, Items}",
       get_items},
      {Method::get,
       "/api/item/{item}",
       "An item",
       Access::read,
       {},
       {},
       "{ItemId, IsHidden, Categories, Timestamp, Labels, Comment}",
       get_item},
      {Method::patch,
       "/api/item/{item}",
       "Change the fields that are sent",
       Access::write,
       {},
       one_of("item", item_change_fields),
       "{RowAffected}",
       change_item},
      {Method::remove,
       "/api/item/{item}",
       "Remove an item for good; histories keep it",
       Access::write,
       {},
       {},
       "{RowAffected}",
       remove_item},
  };
}

std::vector<Route> category_routes() {
  return {
      {Method::put,
       "/api/item/{item}/category/{category}",
       "Add a topic",
       Access::write,
       {},
       {},
       "{RowAffected}",
       add_category},
      {Method::remove,
       "/api/item/{item}/category/{category}",
       "Remove a topic",
       Access::write,
       {},
       {},
       "{RowAffected}",
       remove_category},
  };
}

std::vector<Route> feedback_routes() {
  return {
      {Method::post,
       "/api/feedback",
       "Store interactions; the same type, person and item again changes nothing",
       Access::write,
       {},
       list_of("feedback", feedback_fields),
       "{RowAffected}",
       insert_feedback},
      {Method::put,
       "/api/feedback",
       "Store interactions; the same type, person and item again gets the new time",
       Access::write,
       {},
       list_of("feedback", feedback_fields),
       "{RowAffected}",
       overwrite_feedback},
      {Method::get,
       "/api/feedback/{type?}",
       "Interactions, in pages",
       Access::read,
       {page_size_parameter, cursor_parameter},
       {},
       "{Cursor, Feedback}",
       get_feedback},
      {Method::get,
       "/api/feedback/{type}/{user}/{item}",
       "An interaction",
       Access::read,
       {},
       {},
       "{FeedbackType, UserId, ItemId, Timestamp}",
       get_one_feedback},
      {Method::remove,
       "/api/feedback/{type}/{user}/{item}",
       "Remove an interaction",
       Access::write,
       {},
       {},
       "{RowAffected}",
       remove_feedback},
      {Method::get,
       "/api/user/{user}/feedback/{type?}",
       "What somebody did",
       Access::read,
       {},
       {},
       "a list of feedback",
       get_feedback_of_user},
      {Method::get,
       "/api/item/{item}/feedback/{type?}",
       "What was done with an item",
       Access::read,
       {},
       {},
       "a list of feedback",
       get_feedback_of_item},
  };
}

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (const auto& part : {health_routes(), list_routes(), answer_routes(), page_routes(), simulation_routes(),
                           user_routes(), item_routes(), category_routes(), feedback_routes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

std::span<const Route> routes() {
  static const std::vector<Route> table = all_routes();
  return table;
}

}  // namespace infodiet::tools::serve
