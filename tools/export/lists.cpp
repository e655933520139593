#include "tools/export/lists.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/io/atomic_file.hpp"
#include "engine/io/json_text.hpp"
#include "recsys/csv_file.hpp"
#include "tools/cli/errors.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

// The interface of both formats.
class ListFile {
 public:
  virtual ~ListFile() = default;
  virtual void add(const std::string& user, const rl::Recommendation& list) = 0;
  virtual void commit() = 0;
};

class CsvLists final : public ListFile {
 public:
  CsvLists(const ListOptions& options, const recsys::ItemTable& items)
      : file_(options.path, "user,rank,item,score,model", {.access = engine::FileAccess::owner, .text = options.text}),
        items_(items) {}

  void add(const std::string& user, const rl::Recommendation& list) override {
    std::size_t rank = 0;
    for (const rl::Pick& pick : list.picks) {
      const auto& [item, score] = pick.scored;
      file_.text(user).number(++rank).text(items_[item].key).number(score).text(list.model).end_row();
    }
  }
  void commit() override { file_.commit(); }

 private:
  recsys::CsvFile file_;
  const recsys::ItemTable& items_;
};

class JsonLists final : public ListFile {
 public:
  JsonLists(const std::filesystem::path& path, const recsys::ItemTable& items)
      : file_(path, engine::FileAccess::owner), items_(items) {}

  void add(const std::string& user, const rl::Recommendation& list) override {
    Json picks = Json::array();
    for (const rl::Pick& pick : list.picks) {
      const auto& [item, score] = pick.scored;
      picks.push_back({{"rank", picks.size() + 1}, {"item", items_[item].key}, {"score", score}});
    }
    file_.write(engine::json_text(Json{{"user", user}, {"model", list.model}, {"items", std::move(picks)}}) + "\n");
  }
  void commit() override { file_.commit(); }

 private:
  engine::AtomicFile file_;
  const recsys::ItemTable& items_;
};

std::unique_ptr<ListFile> open_lists(const ListOptions& options, const recsys::ItemTable& items) {
  if (list_format(options.path) == ListFormat::csv) return std::make_unique<CsvLists>(options, items);
  return std::make_unique<JsonLists>(options.path, items);
}

}  // namespace

ListFormat list_format(const std::filesystem::path& path) {
  if (path.extension() == ".csv") return ListFormat::csv;
  if (path.extension() == ".jsonl") return ListFormat::jsonl;
  throw UsageError(fmt::format("--recommendations: expected a name that ends with .csv or .jsonl, but got '{}'",
                               printable(path.string())));
}

std::size_t export_lists(const ListOptions& options, const rl::View& view, engine::ThreadPool& pool,
                         const Console& console) {
  const std::unique_ptr<ListFile> file = open_lists(options, view.items());
  Progress progress(console, "recommending", view.users().size());
  std::size_t picks = 0;
  rl::batch_recommend(view, pool, options.k, options.filter, [&](std::size_t user, const rl::Recommendation& list) {
    file->add(std::string(view.users()[user]), list);
    picks += list.picks.size();
    progress.update(user + 1);
  });
  file->commit();
  return picks;
}

}  // namespace infodiet::tools
