// Attention weights as a small SVG picture: words or a table, darker for more attention, readable in light and dark.
// page.hpp makes complete pages.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/matrix_span.hpp"

namespace infodiet::gallery {

/// A weight in percent without decimals; empty if that is 0.
std::string percent(float weight);

/// A line of words, each shaded by its weight in [0, 1] relative to the heaviest, its percent below.
std::string draw_words(std::string_view title, std::span<const std::string> words, std::span<const float> weights);

/// weights (rows, columns), each in [0, 1], shown in percent from 1 % on, or by `marks` in their place, row by row.
std::string draw_table(std::string_view title, std::span<const std::string> rows, std::span<const std::string> columns,
                       engine::MatrixSpan<const float> weights, std::span<const std::string> marks = {});

}  // namespace infodiet::gallery
