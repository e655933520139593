// Routes that gorse lacks: lists with titles and reasons, explanations of scores, diets, and the model in use.
#include <fmt/format.h>

#include "engine/io/json_text.hpp"
#include "recsys/store/title_index.hpp"
#include "rl/answers/diet.hpp"
#include "rl/answers/explain.hpp"
#include "rl/answers/similar.hpp"
#include "tools/json/answers.hpp"
#include "tools/report/label_chart.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/lists.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

rl::Profile stored_profile(Reader& reader, const rl::View& view, const std::string& user) {
  rl::Profile profile = profile_of(reader, view, user);
  if (!profile.stored) throw RequestError(404, fmt::format("there is no person with the id '{}'", user));
  return profile;
}

rl::Profile profile_with_history(Reader& reader, const rl::View& view, const std::string& user) {
  rl::Profile profile = stored_profile(reader, view, user);
  if (profile.items.empty()) throw RequestError(409, fmt::format("'{}' has no history yet", user));
  return profile;
}

rl::RecommendOptions options_of(const Call& call) {
  return {.diet = call.number("diet"), .reasons = call.flag("reasons")};
}

Json item_json(const rl::View& view, recsys::ItemIndex index) {
  const recsys::ItemRow item = view.items()[index];
  Json topics = Json::array();
  for (const std::uint32_t topic : view.topics().of(index)) topics.push_back(view.topics().names[topic]);
  return {{"item", item.key}, {"title", item.label()}, {"topics", std::move(topics)}};
}

// What the page draws and prints; null if nothing is graded.
Json chart_json(const std::optional<report::Chart>& chart) {
  if (!chart) return nullptr;
  Json columns = Json::array();
  for (const Column& column : chart->table.columns) {
    columns.push_back({{"title", column.title}, {"number", column.align == Align::right}});
  }
  return {{"sentence", chart->sentence},
          {"legend", chart->legend},
          {"data", chart->data},
          {"table", {{"columns", std::move(columns)}, {"rows", chart->table.rows}}}};
}

rl::Profile without(const rl::Profile& profile, const rl::View& view, const std::vector<std::string>& keys) {
  std::vector<bool> left_out(view.items().size());
  for (const std::string& key : keys) left_out[require_item(view, key)] = true;
  rl::Profile rest{.key = profile.key, .stored = true};
  for (std::size_t i = 0; i < profile.items.size(); ++i) {
    if (left_out[profile.items[i]]) continue;
    rest.items.push_back(profile.items[i]);
    if (!profile.times.empty()) rest.times.push_back(profile.times[i]);
    if (!profile.low.empty()) rest.low.push_back(profile.low[i]);
  }
  return rest;
}

}  // namespace

Reply picks(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  return service.readers.compute([&](Reader& reader) {
    const rl::Profile profile = profile_of(reader, view->view, call.part("user"));
    const auto list = list_of_arm(service, *view, reader, profile, call, {.reasons = call.flag("reasons")});
    return json_reply(tools::to_json(*list, view->view.items(), call.part("user")));
  });
}

Reply what_if(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  return service.readers.compute([&](Reader& reader) {
    const rl::Profile profile = stored_profile(reader, view->view, call.part("user"));
    rl::RecommendOptions options = options_of(call);
    options.filter = filter_of(call, service.views.hidden_since(*view), view->view);
    if (view->view.repeats() == recsys::Repeats::forbid) {
      // Interactions left out here still count as consumed: lists do not repeat them.
      options.filter.exclude.insert(options.filter.exclude.end(), profile.items.begin(), profile.items.end());
    }
    const rl::Profile rest = without(profile, view->view, call.texts("without"));
    return json_reply(
        tools::to_json(list_for(reader, *view, rest, call, options), view->view.items(), call.part("user")));
  });
}

Reply session_picks(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const Session session = session_of(view->view, call.body);
  rl::RecommendOptions options = options_of(call);
  options.filter = filter_of(call, service.views.hidden_since(*view), view->view);
  if (view->view.repeats() == recsys::Repeats::forbid) {
    // Interactions switched off still count as consumed: lists do not repeat them.
    options.filter.exclude.insert(options.filter.exclude.end(), session.off.begin(), session.off.end());
  }
  return service.readers.compute([&](Reader& reader) {
    const rl::Recommendation list = list_for(reader, *view, session.profile, call, options);
    return json_reply(tools::to_json(list, view->view.items(), std::nullopt));
  });
}

Reply session_diet(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const rl::Profile profile = session_of(view->view, call.body).profile;
  if (profile.items.empty()) throw RequestError(409, "a diet needs at least one interaction that is not switched off");
  return service.readers.compute([&](Reader& reader) {
    const rl::DietLabel label = rl::diet_label(view->view, reader.pool, profile);
    Json json = tools::to_json(label, std::string(), view->view.topics().names);
    json["user"] = nullptr;
    json["chart"] = chart_json(report::label_chart(label));
    return json_reply(json);
  });
}

Reply history(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  return service.readers.compute([&](Reader& reader) {
    const rl::Profile profile = stored_profile(reader, view->view, call.part("user"));
    const std::size_t n = std::min(static_cast<std::size_t>(call.integer("n")), profile.items.size());
    Json items = Json::array();
    for (std::size_t i = profile.items.size(); i > profile.items.size() - n; --i) {
      Json one = item_json(view->view, profile.items[i - 1]);
      one["time"] = profile.times.empty() ? Json(nullptr) : Json(format_time(profile.times[i - 1]));
      items.push_back(std::move(one));
    }
    return json_reply({{"user", profile.key}, {"interactions", profile.items.size()}, {"items", std::move(items)}});
  });
}

Reply find(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  return service.readers.compute([&](Reader& reader) {
    const std::string words = call.text("words").value_or("");
    const auto most = static_cast<std::size_t>(call.integer("n"));
    Json json = {{"items", Json::array()}, {"users", Json::array()}};
    for (const recsys::FoundItem& found : recsys::find_titles(reader.db, words, most)) {
      // An item newer than the view is in no list yet.
      if (const auto item = view->view.find_item(found.key)) json["items"].push_back(item_json(view->view, *item));
    }
    if (words.empty()) return json_reply(json);
    for (const std::string& user : recsys::find_users(reader.db, words, most)) {
      reader.histories.read(user, reader.history);
      json["users"].push_back({{"user", user}, {"interactions", reader.history.item_ids.size()}});
    }
    return json_reply(json);
  });
}

Reply similar(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const recsys::ItemIndex item = require_item(view->view, call.part("item"));
  require_model(view->view);
  const rl::Filter filter = filter_of(call, service.views.hidden_since(*view), view->view);
  return service.readers.compute([&](Reader&) {
    rl::Similar list = rl::similar(view->view, item, length_of(call), filter);
    skip_offset(call, list.items);
    return json_reply(tools::to_json(list, view->view.items(), item));
  });
}

Reply explain(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  const recsys::ItemIndex item = require_item(view->view, call.part("item"));
  require_model(view->view);
  return service.readers.compute([&](Reader& reader) {
    const rl::Profile profile = profile_with_history(reader, view->view, call.part("user"));
    const rl::Explanation explanation =
        rl::explain(view->view, reader.pool, profile, item, static_cast<std::size_t>(call.integer("n")));
    return json_reply(tools::to_json(explanation, view->view.items(), call.part("user"), item));
  });
}

Reply diet(Service& service, const Call& call) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  return service.readers.compute([&](Reader& reader) {
    const rl::Profile profile = profile_with_history(reader, view->view, call.part("user"));
    const rl::DietLabel label = rl::diet_label(view->view, reader.pool, profile);
    return json_reply(tools::to_json(label, call.part("user"), view->view.topics().names));
  });
}

Reply model(Service& service, const Call&) {
  const std::shared_ptr<const LoadedView> view = service.views.current();
  Json json = {{"model", nullptr}, {"items", view->view.items().size()}, {"view", view->number}};
  if (view->model) {
    json["model"] = view->model->name;
    json["number"] = view->model->id;
    json["published"] = format_time(view->model->created);
    json["holdout"] = view->model->holdout;
    json["configuration"] = engine::parse_json<Json>(view->model->configuration);
    json["metrics"] = engine::parse_json<Json>(view->model->metrics);
    json["forgotten_users"] = view->model->forgotten_users;
  }
  return json_reply(json);
}

}  // namespace infodiet::tools::serve
