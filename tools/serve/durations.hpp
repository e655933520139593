// Durations as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace infodiet::tools::serve {

/// Seconds of "10m", "1h30m", "24h", "90" or "500ms"; nothing for anything else, or beyond 30 years.
std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace infodiet::tools::serve
