// The view behind all answers, and the thread that loads a new one when the file has another model, other items or many
// new interactions. A request keeps the view it began with.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "recsys/store/model_store.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::tools::serve {

/// The state of the file that decides whether a new view is needed: published models, imports, new items and forgotten
/// people.
struct FileStamp {
  std::int64_t models = 0;
  std::int64_t imports = 0;
  std::int64_t last_item = 0;
  std::int64_t forgets = 0;
  bool operator==(const FileStamp&) const = default;
};

/// A view and the state of the file it was loaded from.
struct LoadedView {
  /// `before` may be null.
  LoadedView(const recsys::Database& db, std::size_t state_bytes, const LoadedView* before);

  FileStamp stamp;
  std::optional<recsys::ModelRecord> model;
  rl::View view;
  bool agent;            ///< whether an agent is trained in catalogue
  bool timed;            ///< whether some items are available only for a time
  std::uint64_t number;  ///< counts the views of this process
};

/// Holds the current view; thread-safe.
class Views {
 public:
  /// Loads the first view; the model of each may cache keys and values in `state_bytes`. `failed` is called on the
  /// loading thread with the reason if a later one cannot be loaded.
  Views(const std::string& path, std::size_t state_bytes, std::function<void(const std::string&)> failed);
  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  std::shared_ptr<const LoadedView> current() const;
  /// Items that were hidden since `view` was made, by their ids in the file.
  std::vector<std::int64_t> hidden_since(const LoadedView& view) const;

  /// Reports that items in the file have changed: a new view is loaded soon.
  void items_changed();
  /// Hides an item from all lists from now on, or allows it again.
  void hide(std::int64_t item_id);
  void show(std::int64_t item_id);

 private:
  bool asked() const;
  bool wait_to_look();
  void watch(const std::string& path);
  void reload(const std::string& path);

  std::size_t state_bytes_;
  std::function<void(const std::string&)> failed_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const LoadedView> current_;
  std::set<std::pair<std::uint64_t, std::int64_t>>
      hidden_;  // number of the first view that knows the item as hidden, and its id
  bool items_changed_ = false;
  bool ending_ = false;
  // Used by the loading thread only.
  std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point not_before_ = made_;
  std::thread thread_;
};

}  // namespace infodiet::tools::serve
