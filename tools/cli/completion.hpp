// Completion for shells, made from the table of commands and their options. Names of people and items are not offered:
// there may be millions.
#pragma once

#include <string>

namespace infodiet::tools {

/// A script for bash: `source <(infodiet completion bash)`, or a file in share/bash-completion/completions. Offers
/// commands, options, the names an option knows, databases and other files.
std::string bash_completion();

}  // namespace infodiet::tools
