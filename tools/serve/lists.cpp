#include "tools/serve/lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "recsys/data/liking.hpp"
#include "recsys/store/digest.hpp"
#include "rl/answers/alike.hpp"
#include "rl/answers/similar.hpp"
#include "tools/serve/durations.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/keeping.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

// In gorse's shape: ids with scores.
Reply scored_reply(const rl::View& view, std::span<const recsys::ScoredItem> list) {
  Json json = Json::array();
  for (const recsys::ScoredItem& one : list) {
    json.push_back({{"Id", view.items().key(one.item)}, {"Score", one.score}});
  }
  return json_reply(json);
}

std::vector<recsys::ScoredItem> scored_items(const rl::Recommendation& list) {
  std::vector<recsys::ScoredItem> items;
  for (const rl::Pick& pick : list.picks) items.push_back(pick.scored);
  return items;
}

std::int64_t delay_of(const Call& call) {
  const std::optional<std::string> text = call.text("write-back-delay");
  if (!text) return 0;
  const std::optional<std::int64_t> seconds = parse_duration(*text);
  if (!seconds) {
    throw RequestError(400, fmt::format("write-back-delay={}: expected a time such as 10m or 1h30m", *text));
  }
  return *seconds;
}

// The inputs of a list besides the model: equal keys, equal lists. Contains no person's id.
std::string key_of(const LoadedView& view, std::span<const std::int64_t> hidden, const rl::Profile& profile,
                   const Call& call, const rl::RecommendOptions& options) {
  recsys::Digest digest;
  digest.add(static_cast<std::int64_t>(view.number)).add(hidden);
  digest.add(std::span<const recsys::ItemIndex>(profile.items)).add(std::span<const std::int64_t>(profile.times));
  digest.add(std::span<const std::uint8_t>(profile.low));
  // If items appear and expire by the clock, so do lists.
  if (view.timed) digest.add(static_cast<std::int64_t>(std::time(nullptr)));
  digest.add(call.optional_part("category").value_or("")).add(call.query()).add(options.reasons ? 1 : 0);
  digest.add(static_cast<std::int64_t>(options.chooser));
  return digest.hex();
}

// The feedback that a request wants stored for the items shown: its type, and how many seconds in the future it is
// dated.
struct WriteBack {
  std::string event;
  std::int64_t delay;
};

// Empty if it wants none. Throws RequestError 401 for a read key.
std::optional<WriteBack> write_back_of(const Call& call) {
  const std::int64_t delay = delay_of(call);
  std::optional<std::string> event = call.text("write-back-type");
  if (!event) return std::nullopt;
  if (call.granted < Access::write) {
    throw RequestError(401, "write-back-type writes, so it needs a write key: send one in the header X-API-Key");
  }
  return WriteBack{std::move(*event), delay};
}

void write_shown(Service& service, const WriteBack& back, const std::string& user,
                 const std::vector<std::string>& shown) {
  const std::int64_t time = std::time(nullptr) + back.delay;
  service.writer.write([&](recsys::Database& db) {
    for (const std::string& item : shown) {
      recsys::put_feedback(db, {.event = back.event, .user = user, .item = item, .time = time},
                           recsys::Earlier::overwrite);
    }
  });
}

}  // namespace

std::vector<Parameter> list_parameters() {
  return {{"n", Kind::integer, "how many", "10", 1, 1000},
          {"offset", Kind::integer, "how many of the best to skip", "0", 0, 100'000},
          {"exclude", Kind::texts, "an item to leave out; may be given several times"},
          {"topic", Kind::texts, "only items of this topic; may be given several times to allow each of them"},
          {"only", Kind::texts, "only this item; may be given several times"}};
}

std::vector<std::string> topics_of(const Call& call) {
  std::vector<std::string> names = call.texts("topic");
  if (std::optional<std::string> category = call.optional_part("category")) names.push_back(std::move(*category));
  return names;
}

rl::Filter filter_of(const Call& call, std::span<const std::int64_t> hidden, const rl::View& view) {
  rl::Filter filter;
  for (const std::int64_t id : hidden) {
    if (const auto item = index_of(view, id)) filter.exclude.push_back(*item);
  }
  for (const std::string& key : call.texts("exclude")) {
    if (const auto item = view.find_item(key)) filter.exclude.push_back(*item);
  }
  if (const std::vector<std::string> keys = call.texts("only"); !keys.empty()) {
    filter.only.emplace();
    for (const std::string& key : keys) {
      if (const auto item = view.find_item(key)) filter.only->push_back(*item);
    }
  }
  const std::vector<std::string> topics = topics_of(call);
  const std::vector<std::string>& names = view.topics().names;
  for (const std::string& name : topics) {
    const auto found = std::lower_bound(names.begin(), names.end(), name);
    if (found == names.end() || *found != name) continue;
    filter.topics.push_back(static_cast<std::uint32_t>(found - names.begin()));
  }
  // Topics that no item has match nothing.
  if (!topics.empty() && filter.topics.empty()) filter.only.emplace();
  return filter;
}

std::size_t length_of(const Call& call) {
  return static_cast<std::size_t>(call.integer("n") + call.integer("offset"));
}

recsys::ItemIndex require_item(const rl::View& view, const std::string& key) {
  const auto item = view.find_item(key);
  if (!item) throw RequestError(404, fmt::format("there is no item with the id '{}'", key));
  return *item;
}

void require_model(const rl::View& view) {
  if (view.model() == nullptr) throw RequestError(409, "no model is trained yet: 'infodiet train' makes one");
}

std::optional<recsys::ItemIndex> index_of(const rl::View& view, std::int64_t item_id) {
  return view.items().find_id(item_id);
}

rl::Profile profile_of(Reader& reader, const rl::View& view, const std::string& user) {
  rl::Profile profile{.key = user};
  profile.stored = reader.histories.read(user, reader.history);
  std::vector<double> ratings;
  for (std::size_t i = 0; i < reader.history.item_ids.size(); ++i) {
    const auto item = index_of(view, reader.history.item_ids[i]);
    if (!item) continue;
    profile.items.push_back(*item);
    if (!reader.history.times.empty()) profile.times.push_back(reader.history.times[i]);
    ratings.push_back(reader.history.ratings[i]);
  }
  profile.low = recsys::low_by_rating(view.liking(), ratings);
  return profile;
}

Session session_of(const rl::View& view, const Json& interactions) {
  struct Done {
    recsys::Feedback what;
    bool off;
  };
  std::vector<Done> all;
  for (const Json& one : interactions) all.push_back({feedback_of(one), one.value("IsOff", false)});
  std::stable_sort(all.begin(), all.end(), [](const Done& a, const Done& b) {
    return std::pair(a.what.time, a.what.nanoseconds) < std::pair(b.what.time, b.what.nanoseconds);
  });
  Session session;
  for (const Done& one : all) {
    const auto item = view.find_item(one.what.item);
    if (!item) continue;
    if (one.off) {
      session.off.push_back(*item);
    } else {
      session.profile.items.push_back(*item);
      session.profile.times.push_back(*one.what.time);
    }
  }
  return session;
}

rl::Recommendation list_for(Reader& reader, const LoadedView& view, const rl::Profile& profile, const Call& call,
                            rl::RecommendOptions options) {
  options.k = length_of(call);
  // Only the sent part needs reasons.
  const bool reasons = std::exchange(options.reasons, false);
  rl::Recommendation list = rl::recommend(view.view, reader.pool, profile, options);
  skip_offset(call, list.picks);
  const bool chosen_by_model = list.fallback.empty() && options.chooser == rl::Chooser::recommender;
  if (reasons && chosen_by_model && !list.picks.empty()) {
    rl::add_carriers(view.view, reader.pool, profile, list.picks);
  }
  return list;
}

std::shared_ptr<const rl::Recommendation> cached_list_for(Service& service, const LoadedView& view, Reader& reader,
                                                          const rl::Profile& profile, const Call& call,
                                                          rl::RecommendOptions options) {
  const std::vector<std::int64_t> hidden = service.views.hidden_since(view);
  const std::string key = key_of(view, hidden, profile, call, options);
  std::shared_ptr<const rl::Recommendation> list = service.lists.find(key);
  service.metrics.list_asked(list != nullptr);
  if (list) return list;
  options.filter = filter_of(call, hidden, view.view);
  list = std::make_shared<const rl::Recommendation>(list_for(reader, view, profile, call, options));
  // The reason for the fallback names the person.
  if (list->fallback.empty()) service.lists.put(key, list);
  return list;
}

std::shared_ptr<const rl::Recommendation> list_of_arm(Service& service, const LoadedView& view, Reader& reader,
                                                      const rl::Profile& profile, const Call& call,
                                                      rl::RecommendOptions options) {
  options.diet = call.number("diet");
  // Balance is the recommender's.
  const Arm arm = options.diet == 0 ? arm_for(service, view, profile.key) : Arm();
  options.chooser = arm.chooser;
  auto list = cached_list_for(service, view, reader, profile, call, options);
  if (options.diet == 0) keep_list(service, view, profile.key, arm, *list);
  return list;
}

Reply recommend(Service& service, const Call& call) {
  const std::optional<WriteBack> back = write_back_of(call);
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const auto list = service.readers.compute([&](Reader& reader) {
    const rl::Profile profile = profile_of(reader, view->view, call.part("user"));
    return list_of_arm(service, *view, reader, profile, call, {.reasons = false});
  });
  std::vector<std::string> ids;
  for (const rl::Pick& pick : list->picks) ids.emplace_back(view->view.items().key(pick.scored.item));
  if (back) write_shown(service, *back, call.part("user"), ids);
  return json_reply(Json(ids));
}

Reply recommend_to_session(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const rl::Profile profile = session_of(view->view, call.body).profile;
  return service.readers.compute([&](Reader& reader) {
    return scored_reply(view->view,
                        scored_items(*cached_list_for(service, *view, reader, profile, call, {.reasons = false})));
  });
}

Reply popular(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  return service.readers.compute([&](Reader& reader) {
    return scored_reply(view->view,
                        scored_items(*cached_list_for(service, *view, reader, {}, call, {.reasons = false})));
  });
}

Reply item_neighbours(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const recsys::ItemIndex item = require_item(view->view, call.part("item"));
  require_model(view->view);
  const rl::Filter filter = filter_of(call, service.views.hidden_since(*view), view->view);
  return service.readers.compute([&](Reader&) {
    std::vector<recsys::ScoredItem> list = rl::similar(view->view, item, length_of(call), filter).items;
    skip_offset(call, list);
    return scored_reply(view->view, list);
  });
}

Reply user_neighbours(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  return service.readers.compute([&](Reader& reader) {
    const rl::Profile profile = profile_of(reader, view->view, call.part("user"));
    if (!profile.stored) throw RequestError(404, fmt::format("there is no person with the id '{}'", call.part("user")));
    const auto offset = static_cast<std::size_t>(call.integer("offset"));
    const auto n = static_cast<std::size_t>(call.integer("n"));
    Json list = Json::array();
    std::size_t seen = 0;
    for (const rl::AlikePerson& person : rl::alike_people(view->view, profile, view->view.users().size())) {
      const std::string_view key = view->view.users()[person.user];
      if (list.size() == n) break;
      // The view may be older than the last `forget`.
      if (seen++ < offset || !reader.histories.read(key, reader.history)) continue;
      list.push_back({{"Id", std::string(key)}, {"Score", person.similarity}});
    }
    return json_reply(list);
  });
}

}  // namespace infodiet::tools::serve
