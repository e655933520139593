// Text as one word of a shell command.
#pragma once

#include <string>
#include <string_view>

namespace infodiet::tools {

/// `text` as a word for a POSIX shell: unchanged if it has no special characters, else in single quotes.
std::string shell_word(std::string_view text);

}  // namespace infodiet::tools
