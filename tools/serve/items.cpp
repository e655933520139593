// Routes of items.
#include <fmt/format.h>

#include <algorithm>

#include "recsys/store/catalogue.hpp"
#include "recsys/store/entries.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/paging.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

RequestError no_item(const std::string& key) {
  return {404, fmt::format("there is no item of the id '{}'", key)};
}

// Lists know at once what may not be in them; the rest of what changed comes with the next view.
void tell_views(Service& service, const std::string& key, const std::optional<bool>& hidden) {
  if (hidden) {
    const std::optional<std::int64_t> id = recsys::find_item(service.readers.borrow()->db, key);
    if (id && *hidden) service.views.hide(*id);
    if (id && !*hidden) service.views.show(*id);
  }
  service.views.items_changed();
}

void put(recsys::Database& db, const Json& item) {
  const std::string key = item["ItemId"].get<std::string>();
  if (recsys::was_removed(db, key)) {
    throw RequestError(
        409, fmt::format("the item '{}' was removed for good, and histories keep its id: use another id", key));
  }
  recsys::put_item_entry(db, key, whole_item(item));
}

void change(Service& service, const std::string& key, const recsys::ItemChange& change) {
  service.writer.write([&](recsys::Database& db) {
    if (!recsys::find_item_entry(db, key)) throw no_item(key);
    recsys::put_item_entry(db, key, change);
  });
  tell_views(service, key, change.hidden);
}

}  // namespace

Reply put_item(Service& service, const Call& call) {
  service.writer.write([&](recsys::Database& db) { put(db, call.body); });
  tell_views(service, call.body["ItemId"].get<std::string>(), whole_item(call.body).hidden);
  return rows_affected(1);
}

Reply put_items(Service& service, const Call& call) {
  service.writer.write([&](recsys::Database& db) {
    for (const Json& item : call.body) put(db, item);
  });
  for (const Json& item : call.body) {
    tell_views(service, item["ItemId"].get<std::string>(), whole_item(item).hidden);
  }
  return rows_affected(static_cast<std::int64_t>(call.body.size()));
}

Reply get_items(Service& service, const Call& call) {
  const auto page = recsys::list_item_entries(service.readers.borrow()->db, id_cursor(call), call.integer("n"));
  return page_reply("Items", page);
}

Reply get_item(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  const auto item = recsys::find_item_entry(service.readers.borrow()->db, key);
  if (!item) throw no_item(key);
  return json_reply(to_json(*item));
}

Reply change_item(Service& service, const Call& call) {
  change(service, call.part("item"), item_change(call.body));
  return rows_affected(1);
}

Reply remove_item(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  service.writer.write([&](recsys::Database& db) {
    if (!recsys::remove_item(db, key)) throw no_item(key);
  });
  tell_views(service, key, true);
  return rows_affected(1);
}

Reply add_category(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  service.writer.write([&](recsys::Database& db) {
    std::optional<recsys::ItemEntry> item = recsys::find_item_entry(db, key);
    if (!item) throw no_item(key);
    const std::string& category = call.part("category");
    if (std::find(item->topics.begin(), item->topics.end(), category) != item->topics.end()) return;
    item->topics.push_back(category);
    recsys::put_item_entry(db, key, {.topics = item->topics});
  });
  tell_views(service, key, std::nullopt);
  return rows_affected(1);
}

Reply remove_category(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  service.writer.write([&](recsys::Database& db) {
    std::optional<recsys::ItemEntry> item = recsys::find_item_entry(db, key);
    if (!item) throw no_item(key);
    std::erase(item->topics, call.part("category"));
    recsys::put_item_entry(db, key, {.topics = item->topics});
  });
  tell_views(service, key, std::nullopt);
  return rows_affected(1);
}

Reply latest(Service& service, const Call& call) {
  const auto items = recsys::latest_items(service.readers.borrow()->db, call.optional_part("category"),
                                          call.integer("offset"), call.integer("n"));
  Json list = Json::array();
  for (const recsys::ListedItem& item : items) {
    list.push_back({{"Id", item.key}, {"Score", item.listed.value_or(0)}});
  }
  return json_reply(list);
}

}  // namespace infodiet::tools::serve
