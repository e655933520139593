// Turns a request line into a call that matches a row of the table, or a refusal that says what was expected.
#pragma once

#include <string>
#include <string_view>

#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

/// The call that a request line asks for, without its body. Throws RequestError: 400 for an invalid target or value,
/// 404 for an unknown path, 405 for a method that the path does not have.
Call match_request(std::string_view method, std::string_view target);

/// The methods of a path, for the header Allow; empty for an unknown path.
std::string allowed_methods(std::string_view target);

/// `text` parsed as JSON that fits the body of `route`. Throws RequestError 400.
Json check_body(const Route& route, std::string_view text);

}  // namespace infodiet::tools::serve
