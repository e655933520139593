#include "tools/gallery/parts/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/gallery/parts/drawing.hpp"
#include "tools/gallery/parts/sound.hpp"
#include "tools/gallery/parts/sources.hpp"
#include "tools/report/assets.hpp"
#include "tools/report/html.hpp"

namespace infodiet::gallery {

namespace {

std::string shade(float weight) {
  return fmt::format("style=\"--a:{:.3f}\"", std::clamp(weight, 0.0F, 1.0F));
}

std::string drawn_pixels(const Canvas& canvas, std::span<const float> pixels) {
  std::string out;
  for (std::size_t at = 0; at < canvas.width() * canvas.width(); ++at) {
    const std::size_t x = at % canvas.width();
    const std::size_t y = at / canvas.width();
    std::array<float, 3> shown{};
    for (std::size_t c = 0; c < canvas.channels; ++c) shown[c] = std::clamp(pixels[canvas.at(x, y) + c], 0.0F, 1.0F);
    const std::string look = canvas.channels == 3 ? fmt::format("fill=\"rgb({:.0f} {:.0f} {:.0f})\"", 255 * shown[0],
                                                                255 * shown[1], 255 * shown[2])
                                                  : fmt::format("class=\"ink\" opacity=\"{:.2f}\"", shown[0]);
    out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"1\" height=\"1\" {}/>", x, y, look);
  }
  return out;
}

std::string document(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n"
      "<style>{1}{2}</style>\n</head>\n<body>\n<header>\n<p class=\"kicker\">attention gallery</p>\n<h1>{0}</h1>\n{3}"
      "</body>\n</html>\n",
      tools::escape_html(title), tools::report::asset("style.css"), asset("style.css"), body);
}

std::string share_bar(std::string_view name, double share, bool without) {
  return fmt::format("<div class=\"share{}\"><span>{}</span><i style=\"--w:{:.1f}%\"></i><span>{:.1f} %</span></div>\n",
                     without ? " without" : "", name, 100 * std::max(share, 0.0), 100 * share);
}

}  // namespace

std::string accuracy_bars(const Card& card) {
  return share_bar("with attention", card.with_attention, false) +
         share_bar("every weight equal", card.without_attention, true);
}

std::string index_page(std::span<const Card> cards) {
  std::string body =
      "<p class=\"lead\">Small networks trained from random weights, in seconds, on tasks far from recommendation. "
      "Each is trained twice, once with attention and once with every token weighing the same, all else "
      "equal.</p>\n</header>\n"
      "<main>\n<ul class=\"cards\">\n";
  for (const Card& card : cards) {
    body += fmt::format(
        "<li><h2><a href=\"{0}.html\">{1}</a></h2>\n<p class=\"legend\">{2} parameters, {3:.1f} s</p>\n{4}"
        "<a href=\"{0}.html\"><img src=\"{0}.svg\" alt=\"What the network of {0} attends to\"></a></li>\n",
        card.name, tools::escape_html(card.title), card.parameters, card.seconds, accuracy_bars(card));
  }
  return document("Attention at work", body + "</ul>\n</main>\n");
}

Page::Page(std::string_view title, std::string_view lead) : title_(title), lead_(lead) {}

void Page::example(std::string_view heading, std::string_view remark) {
  if (examples_++ > 0) body_ += "</article>\n";
  body_ += fmt::format("<article id=\"example-{}\">\n<h3>{}</h3>\n<p class=\"soft\">{}</p>\n", examples_,
                       tools::escape_html(heading), tools::escape_html(remark));
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
                 engine::MatrixSpan<const float> weights, std::span<const std::string> marks) {
  if (drawing_.empty()) drawing_ = draw_table(caption, rows, columns, weights, marks);
  body_ += fmt::format("<figure><figcaption>{}</figcaption>\n<table class=\"weights\"><thead><tr><th></th>",
                       tools::escape_html(caption));
  for (const std::string& column : columns) body_ += fmt::format("<th>{}</th>", tools::escape_html(column));
  body_ += "</tr></thead>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    body_ += fmt::format("<tr><th>{}</th>", tools::escape_html(rows[r]));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      body_ += fmt::format("<td {}>{}</td>", shade(weights.row(r)[c]),
                           marks.empty() ? percent(weights.row(r)[c]) : marks[r * columns.size() + c]);
    }
    body_ += "</tr>\n";
  }
  body_ += "</table></figure>\n";
}

void Page::image(std::string_view caption, const Canvas& canvas, std::span<const float> pixels,
                 std::span<const float> patch_weights) {
  const std::string drawn = drawn_pixels(canvas, pixels);
  // Pixels are many: an image is written once and referred to after that.
  const auto [known, is_new] = images_.try_emplace(drawn, images_.size());
  const std::string copy = fmt::format("<use href=\"#image-{}\"/>", known->second);
  const std::string open = fmt::format("<svg viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">", canvas.width());
  body_ += fmt::format("<figure><figcaption>{}</figcaption><div class=\"pair\">\n{}{}</svg>\n{}",
                       tools::escape_html(caption), open,
                       is_new ? fmt::format("<g id=\"image-{}\">{}</g>", known->second, drawn) : copy, open);
  const float heaviest = *std::max_element(patch_weights.begin(), patch_weights.end());
  // Ink goes over its shades; coloured pixels would hide them, so they shine through.
  const bool under = canvas.channels == 3;
  std::string numbers = under ? "" : copy;
  if (under) body_ += copy;
  for (std::size_t p = 0; p < patch_weights.size(); ++p) {
    const std::size_t x = p % canvas.across * canvas.side;
    const std::size_t y = p / canvas.across * canvas.side;
    body_ += fmt::format("<rect class=\"heat\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" opacity=\"{:.3f}\"/>", x, y,
                         canvas.side, canvas.side, patch_weights[p] / heaviest * (under ? 0.6F : 1.0F));
    numbers += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", static_cast<double>(x) + 0.2,
                           static_cast<double>(y + canvas.side) - 0.2, percent(patch_weights[p]));
  }
  body_ += numbers + "</svg></div></figure>\n";
  if (!drawing_.empty()) return;
  drawing_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" width=\"{1}\" height=\"{1}\">"
      "<title>{2}</title><style>.ink{{fill:#1b1d22}}@media(prefers-color-scheme:dark){{.ink{{fill:#eceef2}}}}"
      "</style>{3}</svg>\n",
      canvas.width(), 12 * canvas.width(), tools::escape_html(caption), drawn);
}

void Page::sound(std::string_view caption, std::span<const float> samples) {
  body_ += fmt::format(
      "<figure><figcaption>{0}</figcaption><audio controls aria-label=\"{0}\" "
      "src=\"data:audio/wav;base64,{1}\"></audio>"
      "</figure>\n",
      tools::escape_html(caption), wav_base64(samples));
}

std::string Page::html() const {
  std::string numbers;
  for (std::size_t e = 1; e <= examples_; ++e) numbers += fmt::format("<a href=\"#example-{0}\">{0}</a>\n", e);
  std::string body = fmt::format(
      "<p class=\"lead\">{}</p>\n</header>\n<main>\n<section>\n<h2>What it learned</h2>\n{}</section>\n<section>\n"
      "<h2>What it looks at</h2>\n<p class=\"lead\">{}</p>\n<nav class=\"pages\" aria-label=\"Examples\">\n{}</nav>\n"
      "<div class=\"examples\">\n{}{}</div>\n</section>\n",
      tools::escape_html(lead_), results, tools::escape_html(look), numbers, body_,
      examples_ > 0 ? "</article>\n" : "");
  if (!code.empty()) {
    body += fmt::format("<section>\n<h2>Its network</h2>\n<pre tabindex=\"0\"><code>{}</code></pre>\n</section>\n",
                        tools::escape_html(code));
  }
  return document(title_, body + "</main>\n");
}

}  // namespace infodiet::gallery
