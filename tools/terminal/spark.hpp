// Numbers as a line or a bar of characters. Charts are in the report.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace infodiet::tools {

/// One character for each value, from lowest to highest: "▁▃▅▇█". More than `width` values are averaged. Values equal
/// within half a percent give a line at half height; no values give an empty text.
std::string spark_line(std::span<const double> values, std::size_t width);

/// A bar of at most `width` columns for a share in [0, 1], to an eighth of a column.
std::string bar(double share, std::size_t width);

}  // namespace infodiet::tools
