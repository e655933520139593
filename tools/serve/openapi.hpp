// The table of routes for programs.
#pragma once

#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

/// An OpenAPI 3.0 document of routes().
Json openapi();

}  // namespace infodiet::tools::serve
