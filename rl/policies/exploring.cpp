#include "rl/policies/exploring.hpp"

namespace infodiet::rl {

void ExploringPolicy::choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const {
  policy_->choose(sessions, slates);
  const SlateLaw even{.candidates = sessions.shape().candidates, .explore = 1};
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    engine::RandomStream stream = sessions.exploration_stream(i);
    if (stream.uniform() < explore_) draw_slate(even, stream, {slates.row(i), slates.cols});
  }
}

void ExploringPolicy::laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const {
  policy_->laws(sessions, laws);
  for (SlateLaw& law : laws) law.explore = explore_ + (1 - explore_) * law.explore;
}

}  // namespace infodiet::rl
