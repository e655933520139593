#include "tools/gallery/parts/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/gallery/parts/sound.hpp"
#include "tools/gallery/parts/sources.hpp"
#include "tools/report/assets.hpp"
#include "tools/report/html.hpp"

namespace infodiet::gallery {

namespace {

/// Without decimals; empty if that is 0.
std::string percent(float weight) {
  const long hundredths = std::lround(100 * weight);
  return hundredths == 0 ? std::string() : fmt::format("{}", hundredths);
}

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
        "<a class=\"thumb\" href=\"{0}.html\"><div role=\"img\" aria-label=\"What the network of {0} attends to\">\n{5}"
        "</div></a></li>\n",
        card.name, tools::escape_html(card.title), card.parameters, card.seconds, accuracy_bars(card), card.picture);
  }
  return document("Attention at work", body + "</ul>\n</main>\n");
}

void Page::example(std::string_view heading, std::string_view remark) {
  if (examples_++ > 0) body_ += "</article>\n";
  body_ += fmt::format("<article id=\"example-{}\">\n<h3>{}</h3>\n<p class=\"soft\">{}</p>\n", examples_,
                       tools::escape_html(heading), tools::escape_html(remark));
}

void Page::figure(std::string_view caption, const std::string& markup) {
  body_ += fmt::format("<figure><figcaption>{}</figcaption>\n{}</figure>\n", tools::escape_html(caption), markup);
  if (picture_.empty()) picture_ = markup;
}

void Page::words(std::string_view caption, std::span<const std::string> words, std::span<const float> weights) {
  std::string line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    line += fmt::format("<span class=\"w\"><b {}>{}</b><small>{}</small></span>\n", shade(weights[i]),
                        tools::escape_html(words[i]), percent(weights[i]));
  }
  figure(caption, line);
}

void Page::table(std::string_view caption, std::span<const std::string> rows, std::span<const std::string> columns,
                 engine::MatrixSpan<const float> weights, std::span<const std::string> marks) {
  std::string table =
      fmt::format("<table class=\"{}\"><thead><tr><th></th>", marks.empty() ? "weights" : "weights marks");
  for (std::size_t c = 0, end = 0; c < columns.size(); c = end) {
    for (end = c + 1; end < columns.size() && columns[end].empty();) ++end;
    table += fmt::format("<th colspan=\"{}\">{}</th>", end - c, tools::escape_html(columns[c]));
  }
  table += "</tr></thead>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    table += fmt::format("<tr><th>{}</th>", tools::escape_html(rows[r]));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      table += fmt::format("<td {}>{}</td>", shade(weights.row(r)[c]),
                           marks.empty() ? percent(weights.row(r)[c]) : marks[r * columns.size() + c]);
    }
    table += "</tr>\n";
  }
  figure(caption, table + "</table>\n");
}

void Page::image(std::string_view caption, const Canvas& canvas, std::span<const float> pixels,
                 std::span<const float> patch_weights) {
  const std::string drawn = drawn_pixels(canvas, pixels);
  // Pixels are many: an image is written once and referred to after that.
  const auto [known, is_new] = images_.try_emplace(drawn, images_.size());
  const std::string id = fmt::format("{}-{}", name_, known->second);  // the index has images of several pages
  const std::string copy = fmt::format("<use href=\"#{}\"/>", id);
  const std::string open = fmt::format("<svg viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">", canvas.width());
  std::string pair = fmt::format("<div class=\"pair\">\n{}{}</svg>\n{}", open,
                                 is_new ? fmt::format("<g id=\"{}\">{}</g>", id, drawn) : copy, open);
  const float heaviest = *std::max_element(patch_weights.begin(), patch_weights.end());
  // Ink goes over its shades; coloured pixels would hide them, so they shine through.
  const bool under = canvas.channels == 3;
  std::string numbers = under ? "" : copy;
  if (under) pair += copy;
  for (std::size_t p = 0; p < patch_weights.size(); ++p) {
    const std::size_t x = p % canvas.across * canvas.side;
    const std::size_t y = p / canvas.across * canvas.side;
    pair += fmt::format("<rect class=\"heat\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" opacity=\"{:.3f}\"/>", x, y,
                        canvas.side, canvas.side, patch_weights[p] / heaviest * (under ? 0.6F : 1.0F));
    numbers += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", static_cast<double>(x) + 0.2,
                           static_cast<double>(y + canvas.side) - 0.2, percent(patch_weights[p]));
  }
  figure(caption, pair + numbers + "</svg></div>\n");
}

void Page::sound(std::string_view caption, std::span<const float> samples) {
  figure(caption, fmt::format("<audio controls aria-label=\"{}\" src=\"data:audio/wav;base64,{}\"></audio>\n",
                              tools::escape_html(caption), wav_base64(samples)));
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
