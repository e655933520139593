// What the pages and the pictures of the gallery share.
#pragma once

#include <string>

namespace infodiet::gallery {

/// A weight in percent without decimals; nothing where that is 0.
std::string percent(float weight);

}  // namespace infodiet::gallery
