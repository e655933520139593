// The two things done to text encodings: telling whether bytes are UTF-8, and making them so. No normalisation.
#pragma once

#include <string>
#include <string_view>

namespace infodiet::recsys {

bool is_valid_utf8(std::string_view text);

/// The text itself if it is valid UTF-8, else its bytes read as ISO-8859-1, which every sequence of bytes is.
std::string to_utf8(std::string_view text);

}  // namespace infodiet::recsys
