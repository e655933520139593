#include "tools/export/model.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/io/atomic_file.hpp"
#include "engine/io/json_text.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/safetensors.hpp"
#include "recsys/attention/model_file.hpp"

namespace infodiet::tools {

namespace {

namespace fs = std::filesystem;

std::vector<engine::NamedTensor<const float>> tensors_of(const recsys::BlendedModel& model) {
  std::vector<engine::NamedTensor<const float>> tensors;
  for (std::size_t m = 0; m < model.members().size(); ++m) {
    const recsys::AttentionModel& member = *model.members()[m];
    const std::string prefix = recsys::member_prefix(m);
    for (auto& tensor : engine::named_tensors(member.network().layout(), member.weights().network)) {
      tensor.name.insert(0, prefix);
      tensors.push_back(std::move(tensor));
    }
    const engine::Matrix<float>& items = member.weights().items;
    tensors.push_back({prefix + "items.weight", {items.shape(0), items.shape(1)}, {items.data(), items.size()}});
  }
  return tensors;
}

std::string keys_json(const recsys::ItemTable& items) {
  nlohmann::json keys = nlohmann::json::array();
  for (std::size_t item = 0; item < items.size(); ++item) keys.push_back(items.key(item));
  return engine::json_text(keys);
}

// A temporary folder inside another; its files move there once all are complete. Removed with its contents.
class Staging {
 public:
  explicit Staging(const fs::path& folder)
      : folder_(folder), staging_(folder / fmt::format(".export.{}.part", getpid())) {
    std::error_code error;
    fs::create_directories(staging_, error);
    if (error) throw std::system_error(error, fmt::format("cannot make the folder {}", folder_.string()));
  }
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(staging_, ignored);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  const fs::path& path() const { return staging_; }
  void move_all() const {
    for (const fs::directory_entry& file : fs::directory_iterator(staging_)) {
      std::error_code error;
      const fs::path to = folder_ / file.path().filename();
      fs::rename(file.path(), to, error);
      if (error) throw std::system_error(error, fmt::format("cannot write {}", to.string()));
    }
  }

 private:
  fs::path folder_;
  fs::path staging_;
};

}  // namespace

void export_safetensors(const fs::path& path, const recsys::BlendedModel& model, const recsys::ItemTable& items) {
  engine::write_safetensors<float>(
      path, tensors_of(model),
      {{"configuration", recsys::to_json(model.attention().config())}, {"items", keys_json(items)}});
}

void export_npy(const fs::path& folder, const recsys::BlendedModel& model, const recsys::ItemTable& items) {
  const Staging staging(folder);
  engine::write_npy_directory<float>(staging.path(), tensors_of(model));
  engine::write_file(staging.path() / "items.json", keys_json(items) + "\n");
  engine::write_file(staging.path() / "configuration.json", recsys::to_json(model.attention().config()) + "\n");
  staging.move_all();
}

}  // namespace infodiet::tools
