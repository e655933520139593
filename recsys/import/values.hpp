// Numbers, names and missing values as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace infodiet::recsys {

/// The text without surrounding blanks.
std::string_view trimmed(std::string_view text);

/// Whether the text marks a missing value: empty, NA, N/A, NaN, None, null, \N, <NA>, in any case.
bool is_null_mark(std::string_view text);

/// A decimal number, finite or not; nothing if the text is anything else. Ignores blanks around it. Accepts a comma for
/// the point, unless three digits follow, when it may separate thousands.
std::optional<double> parse_number(std::string_view text);

/// Titles and topics, readable: valid UTF-8, with HTML's &amp; &lt; &gt; &quot; &#39; &apos; resolved.
std::string readable_text(std::string_view text);

}  // namespace infodiet::recsys
