// The sources of the tasks as text, embedded at build time (cmake/embed.cmake), so that a page can quote the network
// that it shows.
#pragma once

#include <string_view>

namespace infodiet::gallery {

/// The text of the embedded file of that name ("dates.cpp"). Throws std::logic_error if there is none.
std::string_view asset(std::string_view name);

}  // namespace infodiet::gallery
