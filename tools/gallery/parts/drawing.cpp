#include "tools/gallery/parts/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/report/html.hpp"

namespace infodiet::gallery {

namespace {

// In pixels. Fonts differ, so every letter gets the width of a wide one.
constexpr int letter = 8;
constexpr int padding = 10;
constexpr int narrowest = 34;
constexpr int line = 24;
constexpr int gap = 2;

constexpr std::string_view style =
    "text{font:13px system-ui,'DejaVu Sans',sans-serif;fill:#1b1d22}.soft{fill:#5d6470;font-size:12px}"
    ".heat{fill:#f59e0b}@media(prefers-color-scheme:dark){text{fill:#eceef2}.soft{fill:#a2a9b5}.heat{fill:#c85408}}";

int width_of(std::string_view word) {
  return std::max(narrowest, static_cast<int>(word.size()) * letter + padding);
}

std::string svg(std::string_view title, int width, int height, const std::string& body) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n"
      "<title>{2}</title>\n<style>{3}</style>\n{4}</svg>\n",
      width, height, tools::escape_html(title), style, body);
}

std::string cell(int x, int y, int width, float shade) {
  return fmt::format(
      "<rect class=\"heat\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" opacity=\"{:.3f}\"/>\n", x, y,
      width - gap, line - gap, std::clamp(shade, 0.0F, 1.0F));
}

std::string label(int x, int y, std::string_view anchor, std::string_view text, std::string_view kind = {}) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\"{}>{}</text>\n", x, y + line - 8, anchor,
                     kind.empty() ? "" : fmt::format(" class=\"{}\"", kind), tools::escape_html(text));
}

}  // namespace

std::string percent(float weight) {
  const long hundredths = std::lround(100 * weight);
  return hundredths == 0 ? std::string() : fmt::format("{}", hundredths);
}

std::string draw_words(std::string_view title, std::span<const std::string> words, std::span<const float> weights) {
  constexpr int longest_line = 400;  // so that it can be read as a thumbnail too
  const float heaviest = *std::max_element(weights.begin(), weights.end());
  std::string body;
  int x = 0;
  int y = 0;
  int widest = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const int width = width_of(words[i]);
    if (x > 0 && x + width > longest_line) {
      x = 0;
      y += 2 * line;
    }
    const int middle = x + (width - gap) / 2;
    body += cell(x, y, width, heaviest > 0 ? weights[i] / heaviest : 0) + label(middle, y, "middle", words[i]) +
            label(middle, y + line, "middle", percent(weights[i]), "soft");
    x += width;
    widest = std::max(widest, x);
  }
  return svg(title, widest, y + 2 * line, body);
}

std::string draw_table(std::string_view title, std::span<const std::string> rows, std::span<const std::string> columns,
                       engine::MatrixSpan<const float> weights, std::span<const std::string> marks) {
  int margin = narrowest;
  for (const std::string& row : rows) margin = std::max(margin, width_of(row));
  std::string body;
  int x = margin;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const int width = width_of(columns[c]);
    const int middle = x + (width - gap) / 2;
    body += label(middle, 0, "middle", columns[c]);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const int y = static_cast<int>(r + 1) * line;
      const float weight = weights.row(r)[c];
      body += cell(x, y, width, weight) +
              label(middle, y, "middle", marks.empty() ? percent(weight) : marks[r * columns.size() + c], "soft");
    }
    x += width;
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    body += label(margin - padding, static_cast<int>(r + 1) * line, "end", rows[r]);
  }
  return svg(title, x, static_cast<int>(rows.size() + 1) * line, body);
}

}  // namespace infodiet::gallery
