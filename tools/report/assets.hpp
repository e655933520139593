// The files that a report is made of beside its data: template, style, scripts, chart specifications. They are
// embedded when the program is built (cmake/embed.cmake).
#pragma once

#include <string_view>

namespace infodiet::tools::report {

/// The text of the embedded file of that name ("page.html"). Throws std::logic_error if there is none.
std::string_view asset(std::string_view name);

}  // namespace infodiet::tools::report
