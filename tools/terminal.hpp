// What the streams of this process are connected to.
#pragma once

#include <cstddef>
#include <cstdio>

namespace infodiet::tools {

bool is_terminal(std::FILE* stream);

/// Columns of the terminal behind `stream` (80 where it does not say); no limit where it is not a terminal.
std::size_t columns(std::FILE* stream);

/// Colours and other escape sequences: only on a terminal that knows them, and never where NO_COLOR is set
/// (no-color.org).
bool allows_colour(std::FILE* stream);

}  // namespace infodiet::tools
