// Numbers and times written as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace infodiet::recsys {

/// A decimal number, finite or not; nothing if the text is anything else. Blanks around it are passed over.
std::optional<double> parse_number(std::string_view text);

/// Unix seconds from a number of seconds, of milliseconds (above 1e11, which in seconds would be the year 5138), or a
/// date as ISO 8601 writes it in UTC: 2024-05-01, 2024-05-01T12:30:00, 2024-05-01 12:30:00Z. Fractions of seconds are
/// dropped. Nothing if the text is neither, or beyond the year 5138.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace infodiet::recsys
