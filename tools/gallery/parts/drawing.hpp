// Attention weights as a small SVG picture that stands in a document: words or a table, darker where more was attended
// to. Reads in light and dark. The page with everything is page.hpp's.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/matrix_span.hpp"

namespace infodiet::gallery {

/// A weight in percent without decimals; nothing where that is 0.
std::string percent(float weight);

/// A line of words, each shaded by its weight in [0, 1] relative to the heaviest, its percent below.
std::string draw_words(std::string_view title, std::span<const std::string> words, std::span<const float> weights);

/// weights (rows, columns), each in [0, 1], in percent where they are 1 % or more.
std::string draw_table(std::string_view title, std::span<const std::string> rows, std::span<const std::string> columns,
                       engine::MatrixSpan<const float> weights);

}  // namespace infodiet::gallery
