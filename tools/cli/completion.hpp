// Completion for shells, made from the table of commands and their options. Does not offer names of people and items,
// of which there may be millions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace infodiet::tools {

/// The supported shells.
std::vector<std::string> completion_shells();

/// The script for one of them, for `source <(infodiet completion bash)` or a file in the shell's completion folder.
/// Completes commands, options, names that an option knows, databases and other files.
std::string completion(std::string_view shell);

}  // namespace infodiet::tools
