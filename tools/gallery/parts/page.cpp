#include "tools/gallery/parts/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/gallery/parts/drawing.hpp"
#include "tools/report/html.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ink: #1b1d22; --soft: #5d6470; --paper: #fbfaf8; --card: #fff; --line: #dcdad5;
  --heat: 245 158 11; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef2; --soft: #a2a9b5; --paper: #15171b; --card: #1d2026; --line: #363b45; --heat: 200 84 8; }
}
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 0; }
p { margin: .3rem 0; max-width: 46rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin: 1.2rem 0;
  padding: .9rem 1.1rem 1.1rem; }
.soft, figcaption, .w small { color: var(--soft); }
figure { margin: .8rem 0 0; overflow-x: auto; }
figcaption { font-size: .85rem; margin-bottom: .25rem; }
.w { display: inline-block; text-align: center; margin: 0 .12rem .2rem; vertical-align: top; }
.w b { display: block; font-weight: 400; padding: 0 .3rem; border-radius: .3rem; }
.w small { display: block; font-size: .7rem; line-height: 1.1; min-height: .8rem; }
.w b, td { background: rgb(var(--heat) / var(--a)); }
table { border-collapse: separate; border-spacing: 2px; font-size: .85rem; }
th { font-weight: 400; padding: 0 .35rem; text-align: right; white-space: nowrap; }
thead th { text-align: center; vertical-align: bottom; }
td { border-radius: .2rem; height: 1.5rem; min-width: 2.2rem; outline: 1px solid rgb(128 128 128 / .12);
  text-align: center; }
.pair { display: flex; flex-wrap: wrap; gap: 1rem; }
.pair svg { width: 15rem; height: 15rem; border: 1px solid var(--line); }
.pair text { fill: var(--ink); font-size: 1.5px; font-weight: 700; paint-order: stroke; stroke: var(--card);
  stroke-width: .4px; }
.ink { fill: var(--ink); }
.heat { fill: rgb(var(--heat)); }
)";

std::string shade(float weight) {
  return fmt::format("style=\"--a:{:.3f}\"", std::clamp(weight, 0.0F, 1.0F));
}

std::string pixels(const Image& image) {
  std::string out;
  for (std::size_t y = 0; y < image.size; ++y) {
    for (std::size_t x = 0; x < image.size; ++x) {
      const float ink = image.pixels[y * image.size + x];
      if (ink < 0.02F) continue;
      out += fmt::format("<rect class=\"ink\" x=\"{}\" y=\"{}\" width=\"1\" height=\"1\" opacity=\"{:.2f}\"/>", x, y,
                         std::min(ink, 1.0F));
    }
  }
  return out;
}

}  // namespace

Page::Page(std::string_view title, std::span<const std::string> lead) : title_(tools::escape_html(title)) {
  body_ = fmt::format("<h1>{}</h1>\n", title_);
  for (const std::string& paragraph : lead) body_ += fmt::format("<p>{}</p>\n", tools::escape_html(paragraph));
}

void Page::example(std::string_view heading, std::string_view remark) {
  if (in_example_) body_ += "</section>\n";
  in_example_ = true;
  body_ += fmt::format("<section>\n<h2>{}</h2>\n<p class=\"soft\">{}</p>\n", tools::escape_html(heading),
                       tools::escape_html(remark));
}

void Page::words(std::string_view caption, std::span<const std::string> words, std::span<const float> weights) {
  if (drawing_.empty()) drawing_ = draw_words(caption, words, weights);
  body_ += fmt::format("<figure><figcaption>{}</figcaption>\n", tools::escape_html(caption));
  for (std::size_t i = 0; i < words.size(); ++i) {
    body_ += fmt::format("<span class=\"w\"><b {}>{}</b><small>{}</small></span>\n", shade(weights[i]),
                         tools::escape_html(words[i]), percent(weights[i]));
  }
  body_ += "</figure>\n";
}

void Page::table(std::string_view caption, std::span<const std::string> rows, std::span<const std::string> columns,
                 engine::MatrixSpan<const float> weights) {
  if (drawing_.empty()) drawing_ = draw_table(caption, rows, columns, weights);
  body_ += fmt::format("<figure><figcaption>{}</figcaption>\n<table><thead><tr><th></th>", tools::escape_html(caption));
  for (const std::string& column : columns) body_ += fmt::format("<th>{}</th>", tools::escape_html(column));
  body_ += "</tr></thead>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    body_ += fmt::format("<tr><th>{}</th>", tools::escape_html(rows[r]));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      body_ += fmt::format("<td {}>{}</td>", shade(weights.row(r)[c]), percent(weights.row(r)[c]));
    }
    body_ += "</tr>\n";
  }
  body_ += "</table></figure>\n";
}

void Page::image(std::string_view caption, const Image& image, std::span<const float> patch_weights) {
  const auto across = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(patch_weights.size()))));
  const std::size_t side = image.size / across;
  const std::string drawn = pixels(image);
  const std::string open = fmt::format("<svg viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">", image.size);
  body_ += fmt::format("<figure><figcaption>{}</figcaption><div class=\"pair\">\n{}{}</svg>\n{}",
                       tools::escape_html(caption), open, drawn, open);
  const float heaviest = *std::max_element(patch_weights.begin(), patch_weights.end());
  std::string numbers;
  for (std::size_t p = 0; p < patch_weights.size(); ++p) {
    const std::size_t x = p % across * side;
    const std::size_t y = p / across * side;
    body_ += fmt::format("<rect class=\"heat\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" opacity=\"{:.3f}\"/>", x, y,
                         side, side, patch_weights[p] / heaviest);
    numbers += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", static_cast<double>(x) + 0.2,
                           static_cast<double>(y + side) - 0.2, percent(patch_weights[p]));
  }
  body_ += drawn + numbers + "</svg></div></figure>\n";
}

std::string Page::html() const {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n{}{}</body>\n</html>\n",
      title_, style, body_, in_example_ ? "</section>\n" : "");
}

}  // namespace infodiet::gallery
