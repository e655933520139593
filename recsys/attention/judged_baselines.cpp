#include "recsys/attention/judged_baselines.hpp"

#include "recsys/baselines/baselines.hpp"

namespace infodiet::recsys {

std::vector<std::shared_ptr<const Recommender>> judged_baselines(const Examination& examination,
                                                                 const BlendedModel* model) {
  // With targets from outside, the model may know less than the baselines do.
  const bool same_data = model != nullptr && !examination.target_cases;
  std::vector<std::shared_ptr<const Recommender>> baselines;
  for (const std::string_view name : baselines_for(examination.repeats, examination.training)) {
    const std::shared_ptr<const Recommender> known = same_data ? model->part(name) : nullptr;
    baselines.push_back(known ? known : make_baseline(name, examination.training));
  }
  return baselines;
}

}  // namespace infodiet::recsys
