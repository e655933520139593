#include "tools/gallery/markup.hpp"

#include <fmt/format.h>

#include <cmath>

namespace infodiet::gallery {

std::string percent(float weight) {
  const long hundredths = std::lround(100 * weight);
  return hundredths == 0 ? std::string() : fmt::format("{}", hundredths);
}

}  // namespace infodiet::gallery
