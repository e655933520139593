// The manual page, made from the table of commands and their options.
#pragma once

#include <string>

namespace infodiet::tools {

/// infodiet(1) in man macros. Without a date, so that the page depends only on the program.
std::string man_page();

}  // namespace infodiet::tools
