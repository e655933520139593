#include "tools/export/lists.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/io/atomic_file.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/csv_file.hpp"
#include "recsys/ranking/everyone.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tools/cli/errors.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

using recsys::ScoredItem;

// What both formats are.
class ListFile {
 public:
  virtual ~ListFile() = default;
  virtual void add(const std::string& user, const std::string& model, std::span<const ScoredItem> list) = 0;
  virtual void commit() = 0;
};

class CsvLists final : public ListFile {
 public:
  CsvLists(const std::filesystem::path& path, const std::vector<recsys::Item>& items)
      : file_(path, "user,rank,item,score,model"), items_(items) {}

  void add(const std::string& user, const std::string& model, std::span<const ScoredItem> list) override {
    std::size_t rank = 0;
    for (const ScoredItem& pick : list) {
      file_.text(user).number(++rank).text(items_[pick.item].key).number(pick.score).text(model).end_row();
    }
  }
  void commit() override { file_.commit(); }

 private:
  recsys::CsvFile file_;
  const std::vector<recsys::Item>& items_;
};

class JsonLists final : public ListFile {
 public:
  JsonLists(const std::filesystem::path& path, const std::vector<recsys::Item>& items) : file_(path), items_(items) {}

  void add(const std::string& user, const std::string& model, std::span<const ScoredItem> list) override {
    Json picks = Json::array();
    for (const ScoredItem& pick : list) {
      picks.push_back({{"rank", picks.size() + 1}, {"item", items_[pick.item].key}, {"score", pick.score}});
    }
    file_.write(Json{{"user", user}, {"model", model}, {"items", std::move(picks)}}.dump() + "\n");
  }
  void commit() override { file_.commit(); }

 private:
  engine::AtomicFile file_;
  const std::vector<recsys::Item>& items_;
};

std::unique_ptr<ListFile> open_lists(const std::filesystem::path& path, const std::vector<recsys::Item>& items) {
  if (list_format(path) == ListFormat::csv) return std::make_unique<CsvLists>(path, items);
  return std::make_unique<JsonLists>(path, items);
}

}  // namespace

ListFormat list_format(const std::filesystem::path& path) {
  if (path.extension() == ".csv") return ListFormat::csv;
  if (path.extension() == ".jsonl") return ListFormat::jsonl;
  throw UsageError(fmt::format("--recommendations: expected a name that ends with .csv or .jsonl, but got '{}'",
                               printable(path.string())));
}

std::size_t export_lists(const std::filesystem::path& path, const recsys::Database& db, std::size_t k,
                         engine::ThreadPool& pool, const Console& console) {
  const recsys::Dataset data = recsys::load_dataset(db);
  const std::unique_ptr<recsys::BlendedModel> model = recsys::load_attention_model(db, data);
  const std::vector<recsys::User> users = recsys::list_users(db);
  const std::vector<recsys::Item> items = recsys::list_items(db);
  const std::unique_ptr<recsys::Recommender> popularity = recsys::make_baseline("popularity", data);
  std::vector<float> scores(popularity->catalogue_size());
  const recsys::History nothing;
  popularity->score({&nothing, 1}, {scores.data(), 1, scores.size()});
  const std::vector<ScoredItem> popular = recsys::top_k(scores, {}, k);

  const std::unique_ptr<ListFile> file = open_lists(path, items);
  Progress progress(console, "recommending", data.users());
  std::size_t picks = 0;
  recsys::recommend_to_everyone(*model, data, k, pool, [&](std::size_t user, std::span<const ScoredItem> list) {
    const bool known = data.history(user).size() > 0;
    file->add(users[user].key, known ? model->name() : popularity->name(), known ? list : popular);
    picks += known ? list.size() : popular.size();
    progress.update(user + 1);
  });
  file->commit();
  return picks;
}

}  // namespace infodiet::tools
