// Routes of people.
#include <fmt/format.h>

#include "recsys/store/catalogue.hpp"
#include "recsys/store/entries.hpp"
#include "recsys/store/forget.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/paging.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

RequestError no_user(const std::string& key) {
  return {404, fmt::format("there is no person with the id '{}'", key)};
}

}  // namespace

Reply rows_affected(std::int64_t count) {
  return json_reply({{"RowAffected", count}});
}

Reply put_user(Service& service, const Call& call) {
  service.writer.write([&](recsys::Database& db) {
    recsys::put_user_entry(db, call.body["UserId"].get<std::string>(), whole_user(call.body));
  });
  return rows_affected(1);
}

Reply put_users(Service& service, const Call& call) {
  service.writer.write([&](recsys::Database& db) {
    for (const Json& user : call.body) {
      recsys::put_user_entry(db, user["UserId"].get<std::string>(), whole_user(user));
    }
  });
  return rows_affected(static_cast<std::int64_t>(call.body.size()));
}

Reply get_users(Service& service, const Call& call) {
  const auto after = id_cursor(call);
  return page_reply("Users", service.readers.compute([&](Reader& reader) {
    return recsys::list_user_entries(reader.db, after, call.integer("n"));
  }));
}

Reply get_user(Service& service, const Call& call) {
  const std::string& key = call.part("user");
  const auto user = service.readers.compute([&](Reader& reader) { return recsys::find_user_entry(reader.db, key); });
  if (!user) throw no_user(key);
  return json_reply(to_json(*user));
}

Reply change_user(Service& service, const Call& call) {
  const std::string& key = call.part("user");
  service.writer.write([&](recsys::Database& db) {
    if (!recsys::find_user_entry(db, key)) throw no_user(key);
    recsys::put_user_entry(db, key, user_change(call.body));
  });
  return rows_affected(1);
}

Reply forget_user(Service& service, const Call& call) {
  const std::string& key = call.part("user");
  service.writer.write_alone([&](recsys::Database& db) {
    bool known = true;
    try {
      known = recsys::forget_user(db, key).has_value();
    } catch (const Error&) {
      // The person is deleted; the last bytes go when the file is next opened for writing.
      if (recsys::find_user(db, key) || !recsys::is_forgetting_unfinished(db)) throw;
      log_line({{"event", "forgetting_unfinished"}});
    }
    if (!known) throw no_user(key);
  });
  service.views.items_changed();
  return rows_affected(1);
}

}  // namespace infodiet::tools::serve
