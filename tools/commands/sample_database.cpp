#include "tools/commands/sample_database.hpp"

#include <fmt/format.h>

#include <vector>

#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/new_database.hpp"
#include "recsys/store/settings.hpp"
#include "tools/cli/errors.hpp"
#include "tools/terminal/interrupt.hpp"
#include "tools/terminal/progress.hpp"

namespace infodiet::tools {
namespace {

constexpr std::string_view sample_setting = "sample_world";

void write_world(recsys::Database& db, const rl::SampleWorld& world, const Console& console) {
  const InterruptFlag interrupt;
  Progress progress(console, "storing", world.readings.size());
  recsys::CatalogueWriter writer(db);
  std::vector<std::int64_t> items;
  for (const rl::SampleArticle& article : world.articles) {
    items.push_back(writer.put_item({.key = article.key,
                                     .title = article.title,
                                     .topics = article.topics,
                                     .quality = article.quality,
                                     .clickbait = article.clickbait,
                                     .minutes = article.minutes}));
  }
  std::vector<std::int64_t> users;
  for (const std::string& key : world.readers) users.push_back(writer.user(key));
  for (std::size_t i = 0; i < world.readings.size(); ++i) {
    const rl::SampleReading& reading = world.readings[i];
    writer.add({.user_id = users[reading.reader], .item_id = items[reading.article], .time = reading.time});
    progress.update(i + 1);
    if (interrupt.raised()) throw Interrupted("interrupted: nothing was stored");
  }
  writer.commit();
}

}  // namespace

SampleStored store_sample_world(const rl::SampleWorld& world, const rl::SampleWorldOptions& options,
                                const std::string& path, const Console& console) {
  const std::string identity = fmt::format("users={} items={} seed={}", options.users, options.items, options.seed);
  recsys::DatabaseToFill file(path);
  recsys::Database& db = file.db();
  {
    recsys::Transaction transaction(db);
    if (recsys::get_setting(db, sample_setting) == identity) return SampleStored::there_already;
    const recsys::Counts counts = recsys::count_contents(db);
    if (counts.users + counts.items + counts.interactions > 0) {
      throw Error(
          fmt::format("{} already holds {} users and {} items: put the sample world into another file, as in "
                      "'infodiet sample --db world.db'",
                      path, counts.users, counts.items));
    }
    write_world(db, world, console);
    recsys::set_setting(db, sample_setting, identity);
    transaction.commit();
  }
  file.commit();
  return SampleStored::yes;
}

}  // namespace infodiet::tools
