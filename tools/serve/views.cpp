#include "tools/serve/views.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <limits>

#include "recsys/errors.hpp"
#include "recsys/store/forget.hpp"

namespace infodiet::tools::serve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_every{200};
// What depends only on interactions (popularity, neighbours of people, the population of the label) may be this old.
constexpr std::chrono::minutes oldest{10};
// At most this share of a core is spent on loading views.
constexpr int rest_for_each_load = 4;
constexpr std::chrono::seconds rest_after_failure{5};

std::int64_t integer_of(const recsys::Database& db, const char* sql) {
  recsys::Statement query = db.prepare(sql);
  query.step();
  return query.integer(0);
}

// Changes when another process has changed the file.
std::int64_t data_version(const recsys::Database& db) {
  return integer_of(db, "PRAGMA data_version");
}

FileStamp stamp_of(const recsys::Database& db) {
  const recsys::Snapshot snapshot(db);
  return {.models = integer_of(db, "SELECT coalesce(max(id), 0) FROM models WHERE state = 'published'"),
          .imports = integer_of(db, "SELECT coalesce(max(id), 0) FROM imports"),
          .last_item = integer_of(db, "SELECT coalesce(max(id), 0) FROM items"),
          .forgets = recsys::count_forgets(db)};
}

std::optional<recsys::ModelRecord> published(const recsys::Database& db) {
  return recsys::find_model(db, "attention", recsys::ModelState::published);
}

bool has_timed_items(const rl::View& view) {
  const auto& restricted = view.items().restrictions();
  return std::any_of(restricted.begin(), restricted.end(), [](const auto& one) { return one.from || one.until; });
}

bool has_agent(const rl::View& view) {
  try {
    view.agent();
    return true;
  } catch (const recsys::DataError&) {
    return false;
  }
}

// Loading leaves free heap of the size of a view, which the process would otherwise keep.
void return_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::shared_ptr<const LoadedView> load(const std::string& path, std::size_t state_bytes, const LoadedView* before) {
  std::shared_ptr<const LoadedView> view;
  {
    const recsys::Database db(path, recsys::OpenMode::read_only);
    const recsys::Snapshot snapshot(db);
    view = std::make_shared<const LoadedView>(db, state_bytes, before);
  }
  return_free_memory();
  return view;
}

}  // namespace

LoadedView::LoadedView(const recsys::Database& db, std::size_t state_bytes, const LoadedView* before)
    : stamp(stamp_of(db)),
      model(published(db)),
      view(db, rl::Loading::at_once, std::nullopt, std::nullopt, state_bytes, before ? &before->view : nullptr),
      agent(has_agent(view)),
      timed(has_timed_items(view)),
      number(before ? before->number + 1 : 1) {}

Views::Views(const std::string& path, std::size_t state_bytes, std::function<void(const std::string&)> failed)
    : state_bytes_(state_bytes), failed_(std::move(failed)) {
  current_ = load(path, state_bytes, nullptr);
  thread_ = std::thread([this, path] { watch(path); });
}

Views::~Views() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<const LoadedView> Views::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::vector<std::int64_t> Views::hidden_since(const LoadedView& view) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::int64_t> ids;
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  for (auto one = hidden_.lower_bound({view.number + 1, lowest}); one != hidden_.end(); ++one) {
    ids.push_back(one->second);
  }
  return ids;
}

void Views::items_changed() {
  {
    const std::lock_guard lock(mutex_);
    items_changed_ = true;
  }
  changed_.notify_all();
}

// A view that is being loaded may have started before this change; only the one after it certainly includes it.
void Views::hide(std::int64_t item_id) {
  const std::lock_guard lock(mutex_);
  hidden_.emplace(current_->number + 2, item_id);
}

void Views::show(std::int64_t item_id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(hidden_, [&](const auto& one) { return one.second == item_id; });
}

void Views::reload(const std::string& path) {
  const Clock::time_point start = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    items_changed_ = false;
  }
  std::shared_ptr<const LoadedView> before = current();
  std::shared_ptr<const LoadedView> next = load(path, state_bytes_, before.get());
  before.reset();
  {
    const std::lock_guard lock(mutex_);
    hidden_.erase(hidden_.begin(), hidden_.upper_bound({next->number, std::numeric_limits<std::int64_t>::max()}));
    current_.swap(next);
  }
  next.reset();  // the old view ends here, or with the last request that uses it
  return_free_memory();
  made_ = Clock::now();
  not_before_ = made_ + rest_for_each_load * (made_ - start);
}

bool Views::asked() const {
  const std::lock_guard lock(mutex_);
  return items_changed_;
}

bool Views::wait_to_look() {
  std::unique_lock lock(mutex_);
  const Clock::time_point soonest = not_before_;
  changed_.wait_for(lock, look_every, [&] { return ending_ || (items_changed_ && Clock::now() >= soonest); });
  return !ending_;
}

void Views::watch(const std::string& path) {
  std::optional<recsys::Database> db;
  std::int64_t version = 0;
  bool changed = false;  // the file has changes that need a new view
  bool older = false;    // something was written since the view was loaded
  while (wait_to_look()) {
    try {
      if (!db) db.emplace(path, recsys::OpenMode::read_only);
      const std::int64_t seen = data_version(*db);
      if (seen != version) changed = stamp_of(*db) != current()->stamp;
      older = older || seen != version;
      version = seen;
      if (Clock::now() < not_before_ || !(asked() || changed || (older && Clock::now() - made_ > oldest))) continue;
      reload(path);
      changed = older = false;  // writes meanwhile have changed the version
    } catch (const std::exception& error) {
      failed_(error.what());
      not_before_ = Clock::now() + rest_after_failure;
    }
  }
}

}  // namespace infodiet::tools::serve
