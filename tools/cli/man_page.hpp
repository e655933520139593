// The manual page, made from the table of commands and their options.
#pragma once

#include <string>

namespace infodiet::tools {

/// infodiet(1) in the man macros. Without a date, so that the same program always gives the same page.
std::string man_page();

}  // namespace infodiet::tools
