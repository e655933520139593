// What the streams of this process are connected to.
#pragma once

#include <cstddef>
#include <cstdio>

namespace infodiet::tools {

/// Whether `stream` is connected to a terminal.
bool is_terminal(std::FILE* stream);

/// The width of lines on `stream`: COLUMNS, else that of the terminal (80 if unknown); unlimited if it is not a
/// terminal.
std::size_t columns(std::FILE* stream);

/// Whether to use colours and other escape sequences: only on a terminal that supports them, and never if NO_COLOR is
/// set (no-color.org).
bool allows_colour(std::FILE* stream);

}  // namespace infodiet::tools
