#include "tools/terminal/ratings_text.hpp"

#include <fmt/format.h>

namespace infodiet::tools {

std::string ratings_text(const recsys::RatedCounts& counts) {
  using From = recsys::Liking::From;
  if (counts.liking.from == From::any) return fmt::format("{}, all of which count as liked", counts.rated);
  const std::string under =
      counts.liking.from == From::middle ? std::string("each person's median") : recsys::format_liking(counts.liking);
  return fmt::format("{}, {} low (below {}): seen, never recommended, never reasons", counts.rated, counts.low, under);
}

}  // namespace infodiet::tools
