#include "tools/serve/lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "rl/answers/alike.hpp"
#include "rl/answers/similar.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

std::vector<std::string> topics_of(const Call& call) {
  std::vector<std::string> names = call.texts("topic");
  if (std::optional<std::string> category = call.optional_part("category")) names.push_back(std::move(*category));
  return names;
}

// In gorse's shape: ids with scores.
Reply scored_reply(const rl::View& view, std::span<const recsys::ScoredItem> list) {
  Json json = Json::array();
  for (const recsys::ScoredItem& one : list) {
    json.push_back({{"Id", view.items()[one.item].key}, {"Score", one.score}});
  }
  return json_reply(json);
}

std::vector<recsys::ScoredItem> scored_items(const rl::Recommendation& list) {
  std::vector<recsys::ScoredItem> items;
  for (const rl::Pick& pick : list.picks) items.push_back(pick.scored);
  return items;
}

// "1h30m" in seconds. Throws RequestError for anything else.
std::int64_t seconds_of(const std::string& text) {
  static const std::map<std::string_view, double> units{{"", 1},     {"s", 1},     {"m", 60},
                                                        {"h", 3600}, {"ms", .001}, {"d", 86400}};
  constexpr double most = 1e9;
  double total = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at != end) {
    double value = 0;
    const auto [rest, error] = std::from_chars(at, end, value);
    const char* unit_end = std::find_if(rest, end, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
    const auto unit = units.find(std::string_view(rest, static_cast<std::size_t>(unit_end - rest)));
    if (error != std::errc() || unit == units.end() || !(value >= 0 && total + value * unit->second <= most)) {
      throw RequestError(400, fmt::format("write-back-delay={}: expected a time such as 10m or 1h30m", text));
    }
    total += value * unit->second;
    at = unit_end;
  }
  return static_cast<std::int64_t>(total);
}

// Notes what is shown as feedback, so that it is not shown again.
void write_back(Service& service, const Call& call, const std::vector<std::string>& shown) {
  const std::optional<std::string> event = call.text("write-back-type");
  if (!event) return;
  if (call.granted < Access::write) {
    throw RequestError(401, "write-back-type writes, so it needs a write key: send one in the header X-API-Key");
  }
  const std::int64_t time = std::time(nullptr) + seconds_of(call.text("write-back-delay").value_or(""));
  service.writer.write([&](recsys::Database& db) {
    for (const std::string& item : shown) {
      recsys::put_feedback(db, {.event = *event, .user = call.part("user"), .item = item, .time = time},
                           recsys::Earlier::overwrite);
    }
  });
}

}  // namespace

std::vector<Parameter> list_parameters() {
  return {{"n", Kind::integer, "how many", "10", 1, 1000},
          {"offset", Kind::integer, "how many of the best to pass over", "0", 0, 100'000},
          {"exclude", Kind::texts, "an item that must not be in the list; may be given several times"},
          {"topic", Kind::texts, "only items of this topic; may be given several times, and any of them will do"},
          {"only", Kind::texts, "only this item; may be given several times"}};
}

Allowed::Allowed(const Call& call, const Views& views, const LoadedView& view)
    : allowed_(view.view.items().size(), true) {
  refuse_ids(view.view, view.hidden);
  refuse_ids(view.view, views.hidden_since(view));
  for (const std::string& key : call.texts("exclude")) {
    if (const auto item = view.view.find_item(key)) refuse({&*item, 1});
  }
  if (const std::vector<std::string> names = topics_of(call); !names.empty()) keep_topics(view.view, names);
  if (const std::vector<std::string> keys = call.texts("only"); !keys.empty()) {
    std::vector<bool> kept(allowed_.size());
    for (const std::string& key : keys) {
      if (const auto item = view.view.find_item(key)) kept[*item] = true;
    }
    keep_only(kept);
  }
}

void Allowed::refuse(std::span<const recsys::ItemIndex> items) {
  for (const recsys::ItemIndex item : items) {
    refused_ += allowed_[item] ? 1 : 0;
    allowed_[item] = false;
  }
}

void Allowed::refuse_ids(const rl::View& view, std::span<const std::int64_t> ids) {
  for (const std::int64_t id : ids) {
    if (const auto item = index_of(view, id)) refuse({&*item, 1});
  }
}

void Allowed::keep_topics(const rl::View& view, const std::vector<std::string>& names) {
  const recsys::ItemTopics& topics = view.topics();
  std::vector<bool> wanted(topics.names.size());
  for (const std::string& name : names) {
    const auto found = std::lower_bound(topics.names.begin(), topics.names.end(), name);
    if (found != topics.names.end() && *found == name) {
      wanted[static_cast<std::size_t>(found - topics.names.begin())] = true;
    }
  }
  std::vector<bool> kept(allowed_.size());
  for (std::size_t item = 0; item < kept.size(); ++item) {
    const auto of = topics.of(item);
    kept[item] = std::any_of(of.begin(), of.end(), [&](std::uint32_t topic) { return wanted[topic]; });
  }
  keep_only(kept);
}

void Allowed::keep_only(const std::vector<bool>& kept) {
  for (recsys::ItemIndex item = 0; item < kept.size(); ++item) {
    if (!kept[item]) refuse({&item, 1});
  }
}

std::vector<recsys::ScoredItem> page_of(const Call& call, std::span<const recsys::ScoredItem> list,
                                        const Allowed& allowed) {
  auto offset = static_cast<std::size_t>(call.integer("offset"));
  const auto n = static_cast<std::size_t>(call.integer("n"));
  std::vector<recsys::ScoredItem> page;
  for (const recsys::ScoredItem& one : list) {
    if (page.size() == n) break;
    if (!allowed(one.item)) continue;
    if (offset > 0) {
      --offset;
    } else {
      page.push_back(one);
    }
  }
  return page;
}

std::size_t length_for(const Call& call, const Allowed& allowed, const rl::View& view) {
  const auto wanted = static_cast<std::size_t>(call.integer("n") + call.integer("offset"));
  return std::max<std::size_t>(1, std::min(wanted + allowed.refused(), view.items().size()));
}

std::optional<recsys::ItemIndex> index_of(const rl::View& view, std::int64_t item_id) {
  const std::vector<recsys::Item>& items = view.items();
  // Ids are mostly 1, 2, 3, ...
  if (const auto guess = static_cast<std::size_t>(item_id - 1); guess < items.size() && items[guess].id == item_id) {
    return static_cast<recsys::ItemIndex>(guess);
  }
  const auto found = std::lower_bound(items.begin(), items.end(), item_id,
                                      [](const recsys::Item& item, std::int64_t id) { return item.id < id; });
  if (found == items.end() || found->id != item_id) return std::nullopt;
  return static_cast<recsys::ItemIndex>(found - items.begin());
}

rl::Profile profile_of(Reader& reader, const rl::View& view, const std::string& user) {
  rl::Profile profile{.key = user};
  profile.stored = reader.histories.read(user, reader.history);
  for (std::size_t i = 0; i < reader.history.item_ids.size(); ++i) {
    const auto item = index_of(view, reader.history.item_ids[i]);
    if (!item) continue;
    profile.items.push_back(*item);
    if (!reader.history.times.empty()) profile.times.push_back(reader.history.times[i]);
  }
  return profile;
}

rl::Recommendation list_for(Reader& reader, const LoadedView& view, const rl::Profile& profile, const Call& call,
                            const Allowed& allowed, const rl::RecommendOptions& options) {
  rl::RecommendOptions longer = options;
  longer.k = length_for(call, allowed, view.view);
  longer.reasons = false;
  rl::Recommendation list = rl::recommend(view.view, reader.pool, profile, longer);
  const std::vector<recsys::ScoredItem> page = page_of(call, scored_items(list), allowed);
  list.picks.clear();
  for (const recsys::ScoredItem& one : page) list.picks.push_back({.scored = one});
  const bool chosen_by_model = list.fallback.empty() && options.chooser == rl::Chooser::recommender;
  if (options.reasons && chosen_by_model) rl::add_carriers(view.view, reader.pool, profile, list.picks);
  return list;
}

Reply recommend(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const Allowed allowed(call, service.views, *view);
  std::vector<std::string> ids;
  {
    const Readers::Lease reader = service.readers.borrow();
    const rl::Profile profile = profile_of(*reader, view->view, call.part("user"));
    const rl::Recommendation list =
        list_for(*reader, *view, profile, call, allowed, {.diet = call.number("diet"), .reasons = false});
    for (const rl::Pick& pick : list.picks) ids.push_back(view->view.items()[pick.scored.item].key);
  }
  write_back(service, call, ids);
  return json_reply(Json(ids));
}

Reply recommend_to_session(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const Allowed allowed(call, service.views, *view);
  std::vector<recsys::Feedback> session;
  for (const Json& one : call.body) session.push_back(feedback_of(one));
  std::stable_sort(session.begin(), session.end(), [](const recsys::Feedback& a, const recsys::Feedback& b) {
    return std::pair(a.time, a.nanoseconds) < std::pair(b.time, b.nanoseconds);
  });
  rl::Profile profile;
  for (const recsys::Feedback& one : session) {
    const auto item = view->view.find_item(one.item);
    if (!item) continue;
    profile.items.push_back(*item);
    profile.times.push_back(*one.time);
  }
  const Readers::Lease reader = service.readers.borrow();
  return scored_reply(view->view, scored_items(list_for(*reader, *view, profile, call, allowed, {.reasons = false})));
}

Reply popular(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const Allowed allowed(call, service.views, *view);
  const Readers::Lease reader = service.readers.borrow();
  return scored_reply(view->view, scored_items(list_for(*reader, *view, {}, call, allowed, {.reasons = false})));
}

Reply item_neighbours(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const Allowed allowed(call, service.views, *view);
  const auto item = view->view.find_item(call.part("item"));
  if (!item) throw RequestError(404, fmt::format("there is no item of the id '{}'", call.part("item")));
  if (view->view.model() == nullptr) throw RequestError(409, "no model is trained yet: 'infodiet train' makes one");
  const Readers::Lease reader = service.readers.borrow();
  const std::vector<recsys::ScoredItem> all =
      rl::similar(view->view, *item, length_for(call, allowed, view->view)).items;
  return scored_reply(view->view, page_of(call, all, allowed));
}

Reply user_neighbours(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const Readers::Lease reader = service.readers.borrow();
  const rl::Profile profile = profile_of(*reader, view->view, call.part("user"));
  if (!profile.stored) throw RequestError(404, fmt::format("there is nobody of the id '{}'", call.part("user")));
  const auto offset = static_cast<std::size_t>(call.integer("offset"));
  const auto n = static_cast<std::size_t>(call.integer("n"));
  Json list = Json::array();
  std::size_t seen = 0;
  for (const rl::AlikePerson& person : rl::alike_people(view->view, profile, view->view.users().size())) {
    const std::string& key = view->view.users()[person.user].key;
    if (list.size() == n) break;
    // The view may be older than a forgetting.
    if (seen++ < offset || !reader->histories.read(key, reader->history)) continue;
    list.push_back({{"Id", key}, {"Score", person.similarity}});
  }
  return json_reply(list);
}

}  // namespace infodiet::tools::serve
