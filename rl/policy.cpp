#include "rl/policy.hpp"

#include <vector>

namespace infodiet::rl {

void Policy::laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const {
  const Shape& shape = sessions.shape();
  std::vector<Position> slates(sessions.size() * shape.slate_size);
  choose(sessions, {slates.data(), sessions.size(), shape.slate_size});
  for (std::size_t i = 0; i < laws.size(); ++i) {
    const auto slate = slates.begin() + static_cast<std::ptrdiff_t>(i * shape.slate_size);
    laws[i] = {.candidates = shape.candidates,
               .ranking = {slate, slate + static_cast<std::ptrdiff_t>(shape.slate_size)}};
  }
}

void ObservingPolicy::choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const {
  Observation observation;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    sessions.observe(i, observation);
    engine::RandomStream stream = sessions.policy_stream(i);
    choose_one(observation, stream, std::span(slates.row(i), slates.cols));
  }
}

}  // namespace infodiet::rl
