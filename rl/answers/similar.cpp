#include "rl/answers/similar.hpp"

#include "recsys/attention/similarity.hpp"

namespace infodiet::rl {

Similar similar(const View& view, recsys::ItemIndex item, std::size_t k, const Filter& filter) {
  const recsys::BlendedModel& model = view.require_model();
  const std::vector<std::uint8_t> mask = shown_mask(view, filter);
  Similar result{.model = model.name(),
                 .items = recsys::similar_items(model, item, k, mask),
                 .trained = model.attention().trained(item)};
  if (result.items.empty()) result.nothing = "no other item that was trained on may be shown";
  return result;
}

}  // namespace infodiet::rl
