// Checks for UTF-8 and conversion to it. No normalisation.
#pragma once

#include <string>
#include <string_view>

namespace infodiet::recsys {

/// Whether the bytes are valid UTF-8.
bool is_valid_utf8(std::string_view text);

/// The text itself if it is valid UTF-8, else its bytes read as ISO-8859-1, in which every sequence of bytes is valid.
std::string to_utf8(std::string_view text);

}  // namespace infodiet::recsys
