// Routes of items.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

#include "recsys/store/catalogue.hpp"
#include "recsys/store/entries.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/lists.hpp"
#include "tools/serve/paging.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

RequestError no_item(const std::string& key) {
  return {404, fmt::format("there is no item with the id '{}'", key)};
}

// Written items by their ids in the file, and whether they are hidden, if that was written too.
class Written {
 public:
  void clear() { items_.clear(); }
  void add(const recsys::Database& db, const std::string& key, const std::optional<bool>& hidden) {
    if (hidden) items_.emplace_back(recsys::find_item(db, key).value(), *hidden);
  }
  /// Lists leave out hidden items at once; other changes come with the next view.
  void tell(Views& views) const {
    for (const auto& [id, hidden] : items_) {
      if (hidden) {
        views.hide(id);
      } else {
        views.show(id);
      }
    }
    views.items_changed();
  }

 private:
  std::vector<std::pair<std::int64_t, bool>> items_;
};

void put(recsys::Database& db, const Json& item, Written& written) {
  const std::string key = item["ItemId"].get<std::string>();
  if (recsys::was_removed(db, key)) {
    throw RequestError(
        409, fmt::format("the item '{}' was removed for good, but histories keep its id: use another id", key));
  }
  const recsys::ItemChange change = whole_item(item);
  recsys::put_item_entry(db, key, change);
  written.add(db, key, change.hidden);
}

// Work that may be retried; lists learn what it wrote once it is on disk.
template <class Work>
void write_items(Service& service, Work&& work) {
  Written written;
  service.writer.write([&](recsys::Database& db) {
    written.clear();
    work(db, written);
  });
  written.tell(service.views);
}

recsys::ItemEntry stored_item(const recsys::Database& db, const std::string& key) {
  std::optional<recsys::ItemEntry> item = recsys::find_item_entry(db, key);
  if (!item) throw no_item(key);
  return std::move(*item);
}

}  // namespace

Reply put_item(Service& service, const Call& call) {
  write_items(service, [&](recsys::Database& db, Written& written) { put(db, call.body, written); });
  return rows_affected(1);
}

Reply put_items(Service& service, const Call& call) {
  write_items(service, [&](recsys::Database& db, Written& written) {
    for (const Json& item : call.body) put(db, item, written);
  });
  return rows_affected(static_cast<std::int64_t>(call.body.size()));
}

Reply get_items(Service& service, const Call& call) {
  const auto after = id_cursor(call);
  return page_reply("Items", service.readers.compute([&](Reader& reader) {
    return recsys::list_item_entries(reader.db, after, call.integer("n"));
  }));
}

Reply get_item(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  const auto item = service.readers.compute([&](Reader& reader) { return recsys::find_item_entry(reader.db, key); });
  if (!item) throw no_item(key);
  return json_reply(to_json(*item));
}

Reply change_item(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  const recsys::ItemChange change = item_change(call.body);
  write_items(service, [&](recsys::Database& db, Written& written) {
    stored_item(db, key);
    recsys::put_item_entry(db, key, change);
    written.add(db, key, change.hidden);
  });
  return rows_affected(1);
}

Reply remove_item(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  write_items(service, [&](recsys::Database& db, Written& written) {
    if (!recsys::remove_item(db, key)) throw no_item(key);
    written.add(db, key, true);
  });
  return rows_affected(1);
}

Reply add_category(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  const std::string& category = call.part("category");
  write_items(service, [&](recsys::Database& db, Written&) {
    recsys::ItemEntry item = stored_item(db, key);
    if (std::find(item.topics.begin(), item.topics.end(), category) != item.topics.end()) return;
    item.topics.push_back(category);
    recsys::put_item_entry(db, key, {.topics = item.topics});
  });
  return rows_affected(1);
}

Reply remove_category(Service& service, const Call& call) {
  const std::string& key = call.part("item");
  write_items(service, [&](recsys::Database& db, Written&) {
    recsys::ItemEntry item = stored_item(db, key);
    std::erase(item.topics, call.part("category"));
    recsys::put_item_entry(db, key, {.topics = item.topics});
  });
  return rows_affected(1);
}

Reply latest(Service& service, const Call& call) {
  recsys::LatestFilter filter{.at = std::time(nullptr), .exclude = call.texts("exclude")};
  if (std::vector<std::string> topics = topics_of(call); !topics.empty()) filter.topics = std::move(topics);
  if (std::vector<std::string> only = call.texts("only"); !only.empty()) filter.only = std::move(only);
  const auto items = service.readers.compute([&](Reader& reader) {
    return recsys::latest_items(reader.db, filter, call.integer("offset"), call.integer("n"));
  });
  Json list = Json::array();
  for (const recsys::ListedItem& item : items) {
    list.push_back({{"Id", item.key}, {"Score", item.listed.value_or(0)}});
  }
  return json_reply(list);
}

}  // namespace infodiet::tools::serve
