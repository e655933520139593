// What the streams of this process are connected to.
#pragma once

#include <cstddef>
#include <cstdio>

namespace infodiet::tools {

bool is_terminal(std::FILE* stream);

/// Columns that lines on `stream` may have: what COLUMNS says, else those of the terminal behind it (80 where it does
/// not say), no limit where it is not a terminal.
std::size_t columns(std::FILE* stream);

/// Colours and other escape sequences: only on a terminal that knows them, and never where NO_COLOR is set
/// (no-color.org).
bool allows_colour(std::FILE* stream);

}  // namespace infodiet::tools
