// Text as one word of a shell command.
#pragma once

#include <string>
#include <string_view>

namespace infodiet::tools {

/// `text` as a POSIX shell reads it back: as it is where nothing in it means anything to a shell, else in single
/// quotes.
std::string shell_word(std::string_view text);

}  // namespace infodiet::tools
