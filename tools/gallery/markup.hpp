// What the pages and the pictures of the gallery share.
#pragma once

#include <string>
#include <string_view>

namespace infodiet::gallery {

/// Text for between the tags, or for an attribute, of HTML and SVG.
std::string escaped(std::string_view text);

/// A weight in percent without decimals; nothing where that is 0.
std::string percent(float weight);

}  // namespace infodiet::gallery
