// A self-contained HTML page of attention: words shaded by weight, tables of weights, images under weights. Needs no
// network; readable in light and dark.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/matrix_span.hpp"
#include "tools/gallery/parts/canvas.hpp"

namespace infodiet::gallery {

/// A task on the index, trained twice from the same start: shares of test examples answered correctly.
struct Card {
  std::string name{};  ///< of its files
  std::string title{};
  double with_attention = 0;
  double without_attention = 0;  ///< every token weighs the same, everything else is equal
  double seconds = 0;
  std::size_t parameters = 0;
  std::string picture{};  ///< markup, by Page::picture
};

class Page {
 public:
  /// @param card  the name and title are taken from it
  /// @param lead  the input and the question
  Page(const Card& card, std::string_view lead) : name_(card.name), title_(card.title), lead_(lead) {}

  std::string results;  ///< markup, by accuracy_bars
  std::string look;     ///< what to look at
  std::string code;     ///< the source of the network

  /// Begins the next example.
  void example(std::string_view heading, std::string_view remark);
  /// A line of words, each shaded by its weight in [0, 1], which is printed below from 1 % on.
  void words(std::string_view caption, std::span<const std::string> words, std::span<const float> weights);
  /// weights (rows, columns), each in [0, 1], in percent; or `marks` in their place, row by row, shaded by them. A
  /// column without a heading of its own belongs to the one before it.
  void table(std::string_view caption, std::span<const std::string> rows, std::span<const std::string> columns,
             engine::MatrixSpan<const float> weights, std::span<const std::string> marks = {});
  /// The image beside itself under the weights of its square patches, row by row; shaded relative to the heaviest.
  void image(std::string_view caption, const Canvas& canvas, std::span<const float> pixels,
             std::span<const float> patch_weights);
  /// Samples, 8000 a second, to be played.
  void sound(std::string_view caption, std::span<const float> samples);

  std::string html() const;
  /// The markup of the first words, table or image of the page, for the index; empty if there is none.
  const std::string& picture() const { return picture_; }

 private:
  void figure(std::string_view caption, const std::string& markup);

  std::string name_;
  std::string title_;
  std::string lead_;
  std::string body_;  // of the examples
  std::string picture_;
  std::size_t examples_ = 0;
  std::map<std::string, std::size_t> images_;  // numbers of those drawn
};

/// Its two shares as bars.
std::string accuracy_bars(const Card& card);
/// The index page, with links to the pages of all tasks beside it.
std::string index_page(std::span<const Card> cards);

}  // namespace infodiet::gallery
