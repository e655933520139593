// A self-contained HTML page of attention: words shaded by weight, tables of weights, images under weights. Needs
// nothing from elsewhere; reads in light and dark. Not a report generator.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix_span.hpp"

namespace infodiet::gallery {

/// Grey pixels, row by row, from 0 (paper) to 1 (ink).
struct Image {
  std::size_t size = 0;  ///< of either side
  std::vector<float> pixels;
};

class Page {
 public:
  /// @param lead  what the reader is looking at, one paragraph each
  Page(std::string_view title, std::span<const std::string> lead);

  /// Begins the next example.
  void example(std::string_view heading, std::string_view remark);
  /// A line of words, each shaded by its weight in [0, 1], which stands under it where it is 1 % or more.
  void words(std::string_view caption, std::span<const std::string> words, std::span<const float> weights);
  /// weights (rows, columns), each in [0, 1].
  void table(std::string_view caption, std::span<const std::string> rows, std::span<const std::string> columns,
             engine::MatrixSpan<const float> weights);
  /// The image beside itself under the weights of its square patches, row by row; shaded relative to the heaviest.
  void image(std::string_view caption, const Image& image, std::span<const float> patch_weights);

  std::string html() const;
  /// The first words or table of the page as an SVG picture (drawing.hpp); empty where there is none.
  const std::string& drawing() const { return drawing_; }

 private:
  std::string title_;
  std::string body_;
  std::string drawing_;
  bool in_example_ = false;
};

}  // namespace infodiet::gallery
