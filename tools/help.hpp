// What the program says about itself, all of it made from the table of commands and their options.
#pragma once

#include <cstddef>
#include <string>

#include "tools/commands.hpp"

namespace infodiet::tools {

/// What to do first, and the commands that matter then.
std::string overview();

/// Every command with its summary.
std::string command_list();

/// The arguments and options of a set, each with what it does, in lines of at most `width` columns.
std::string option_list(const OptionSet& options, std::size_t width);

/// A command's usage, description, options and example, in lines of at most `width` columns.
std::string command_help(const PreparedCommand& prepared, std::size_t width);

/// "infodiet 1.2.3".
std::string version_line();

}  // namespace infodiet::tools
