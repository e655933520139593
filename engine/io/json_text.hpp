// JSON values from text and back. Elsewhere only where a reader must see the parser's events, since nlohmann's parser
// and printer take seconds to compile in each source that uses them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace infodiet::engine {

/// The value of a text, as nlohmann::json or nlohmann::ordered_json; a discarded one (is_discarded) if it is not JSON.
template <class Json>
Json parse_json(std::string_view text);

/// The same, but throws nlohmann's parse_error if it is not JSON.
template <class Json>
Json require_json(std::string_view text);

/// The text of a value, on one line or indented by so many spaces. Bytes that are not UTF-8 become U+FFFD.
template <class Json>
std::string json_text(const Json& value, int indent = -1);

}  // namespace infodiet::engine
