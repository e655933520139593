// Text into HTML and SVG. Not a template engine.
#pragma once

#include <string>
#include <string_view>

namespace infodiet::tools {

/// `text` escaped for use between tags and in quoted attributes.
inline std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace infodiet::tools
