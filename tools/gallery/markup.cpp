#include "tools/gallery/markup.hpp"

#include <fmt/format.h>

#include <cmath>

namespace infodiet::gallery {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string percent(float weight) {
  const long hundredths = std::lround(100 * weight);
  return hundredths == 0 ? std::string() : fmt::format("{}", hundredths);
}

}  // namespace infodiet::gallery
