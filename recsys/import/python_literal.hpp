// Values as Python prints them ({'a': [u'b', None, True]}), which many published logs hold instead of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace infodiet::recsys {

/// The same value as JSON; nothing if the text is not a complete dictionary, list or tuple of texts, numbers, True,
/// False and None. JSON is returned nearly unchanged.
std::optional<std::string> json_from_python(std::string_view text);

}  // namespace infodiet::recsys
