// Help, made from the table of commands and their options.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "tools/cli/command_table.hpp"

namespace infodiet::tools {

/// First steps, and the most important commands.
std::string overview(std::size_t width);

/// All commands with their summaries, and the shared options.
std::string command_list(std::size_t width);

/// Arguments (which have no name) and options with their meanings, in lines of at most `width` columns.
std::string option_list(std::span<const OptionSet::Option> options, std::size_t width);

/// "-k N", "-h, --help".
std::string option_spelling(const OptionText& text);
/// An option's meaning, choices, whether it is required, and its default.
std::string option_meaning(const OptionSet::Option& option);

/// "infodiet import PATH... [options]".
std::string usage_line(const PreparedCommand& prepared);

/// A command's usage, description, own options and example, in lines of at most `width` columns.
std::string command_help(const PreparedCommand& prepared, std::size_t width);

/// The program in one sentence.
std::string_view purpose();

/// "infodiet 1.2.3".
std::string version_line();

}  // namespace infodiet::tools
