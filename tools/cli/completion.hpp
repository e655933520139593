// Completion for shells, made from the table of commands and their options. Names of people and items are not offered:
// there may be millions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace infodiet::tools {

/// The shells there is a script for.
std::vector<std::string> completion_shells();

/// The script of one of them: `source <(infodiet completion bash)`, or a file where the shell looks for such. Offers
/// commands, options, the names an option knows, databases and other files.
std::string completion(std::string_view shell);

}  // namespace infodiet::tools
