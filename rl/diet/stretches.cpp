#include "rl/diet/stretches.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"
#include "rl/diet/mean.hpp"
#include "rl/diet/rarefied.hpp"

namespace infodiet::rl {

Stretches stretches_of(std::span<const Candidate> items, std::size_t topics, std::size_t size) {
  std::vector<Candidate> known;
  std::copy_if(items.begin(), items.end(), std::back_inserter(known),
               [](const Candidate& item) { return !item.topics.empty(); });
  Stretches stretches{.size = size, .count = known.size() / size};
  if (stretches.count == 0) return stretches;
  Mean effective;
  Mean covered;
  Mean largest;
  Mean diversity;
  for (std::size_t s = 0; s < stretches.count; ++s) {
    const std::span<const Candidate> stretch = std::span(known).subspan(known.size() - (s + 1) * size, size);
    const std::vector<std::uint32_t> counts = topic_counts(stretch, topics);
    effective.add(rarefied_effective_topics(counts, size));
    covered.add(rarefied_topics(counts, size) / static_cast<double>(topics));
    largest.add(majority_share(*topic_shares(stretch, topics)));
    diversity.add(intra_list_diversity(stretch));
  }
  stretches.effective_topics = effective.value();
  stretches.coverage = covered.value();
  stretches.majority_share = largest.value();
  stretches.intra_list_diversity = diversity.value();
  return stretches;
}

}  // namespace infodiet::rl
