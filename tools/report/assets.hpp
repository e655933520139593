// The parts of a report besides its data: template, style, scripts, chart specifications, embedded at build time
// (cmake/embed.cmake).
#pragma once

#include <string_view>

namespace infodiet::tools::report {

/// The text of the embedded file of that name ("page.html"). Throws std::logic_error if there is none.
std::string_view asset(std::string_view name);

}  // namespace infodiet::tools::report
