#include "rl/answers/similar.hpp"

#include "recsys/attention/similarity.hpp"

namespace infodiet::rl {

Similar similar(const View& view, recsys::ItemIndex item, std::size_t k) {
  const recsys::BlendedModel& model = view.require_model();
  return {.model = model.name(), .items = recsys::similar_items(model.attention(), item, k)};
}

}  // namespace infodiet::rl
