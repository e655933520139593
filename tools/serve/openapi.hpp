// The table of routes as programs read it.
#pragma once

#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

/// An OpenAPI 3.0 document of routes().
Json openapi();

}  // namespace infodiet::tools::serve
