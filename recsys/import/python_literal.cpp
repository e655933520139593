#include "recsys/import/python_literal.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

constexpr int deepest_nesting = 64;

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class Converter {
 public:
  explicit Converter(std::string_view text) : rest_(text) {}

  std::optional<std::string> whole() {
    if (!value(0)) return std::nullopt;
    skip_blanks();
    return rest_.empty() ? std::optional(std::move(json_)) : std::nullopt;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n' || rest_.front() == '\r')) {
      rest_.remove_prefix(1);
    }
  }
  bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word, std::string_view json) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    json_ += json;
    return true;
  }

  bool value(int depth) {
    skip_blanks();
    if (depth > deepest_nesting || rest_.empty()) return false;
    if (take('{')) return members(depth);
    if (take('[')) return elements(']', depth);
    if (take('(')) return elements(')', depth);
    if (take_word("True", "true") || take_word("False", "false") || take_word("None", "null") ||
        take_word("true", "true") || take_word("false", "false") || take_word("null", "null") ||
        take_word("nan", "null") || take_word("NaN", "null")) {
      return true;
    }
    return string() || number();
  }

  bool members(int depth) {
    json_ += '{';
    for (bool first = true; !take('}'); first = false) {
      if (!first && !take(',')) return false;
      if (!first && take('}')) break;
      if (!first) json_ += ',';
      skip_blanks();
      const std::size_t start = json_.size();
      if (!string()) {
        if (!number()) return false;
        json_ = json_.substr(0, start) + '"' + json_.substr(start) + '"';
      }
      if (!take(':')) return false;
      json_ += ':';
      if (!value(depth + 1)) return false;
    }
    json_ += '}';
    return true;
  }

  bool elements(char end, int depth) {
    json_ += '[';
    for (bool first = true; !take(end); first = false) {
      if (!first && !take(',')) return false;
      if (!first && take(end)) break;
      if (!first) json_ += ',';
      if (!value(depth + 1)) return false;
    }
    json_ += ']';
    return true;
  }

  bool number() {
    const std::size_t size = std::min(rest_.find_first_not_of("+-0123456789.eE"), rest_.size());
    const std::string text(rest_.substr(0, size));
    if (engine::parse_json<nlohmann::json>(text).is_discarded()) return false;
    json_ += text;
    rest_.remove_prefix(size);
    if (rest_.starts_with('L')) rest_.remove_prefix(1);  // Python 2's long numbers
    return true;
  }

  bool string() {
    std::string_view start = rest_;
    if (start.starts_with('u') || start.starts_with('b')) start.remove_prefix(1);
    if (!start.starts_with('\'') && !start.starts_with('"')) return false;
    const char quote = start.front();
    rest_ = start.substr(1);
    std::string text;
    while (!rest_.empty() && rest_.front() != quote) {
      if (rest_.front() == '\\') {
        if (!escape(text)) return false;
      } else {
        text += rest_.front();
        rest_.remove_prefix(1);
      }
    }
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    json_ += engine::json_text(nlohmann::json(to_utf8(text)));
    return true;
  }

  // Hexadecimal digits of an escape; nothing if they are missing.
  std::optional<std::uint32_t> code(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : rest_.substr(0, digits)) {
      const int digit = c >= '0' && c <= '9'                     ? c - '0'
                        : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                                 : -1;
      if (digit < 0) return std::nullopt;
      value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool escape(std::string& text) {
    rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    if (kind == 'x' || kind == 'u' || kind == 'U') {
      auto found = code(kind == 'x' ? 2 : kind == 'u' ? 4 : 8);
      if (!found) return false;
      if (*found >= 0xD800 && *found < 0xDC00 && rest_.starts_with("\\u")) {
        rest_.remove_prefix(2);
        const auto low = code(4);
        if (!low) return false;
        found = 0x10000 + ((*found - 0xD800) << 10) + (*low - 0xDC00);
      }
      append_utf8(text, *found & 0x1FFFFF);
      return true;
    }
    switch (kind) {
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      case 'r':
        text += '\r';
        break;
      case 'b':
        text += '\b';
        break;
      case 'f':
        text += '\f';
        break;
      case '\'':
      case '"':
      case '\\':
      case '/':
        text += kind;
        break;
      default:
        text += '\\';
        text += kind;
    }
    return true;
  }

  std::string_view rest_;
  std::string json_;
};

}  // namespace

std::optional<std::string> json_from_python(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || (text[start] != '{' && text[start] != '[' && text[start] != '(')) {
    return std::nullopt;
  }
  return Converter(text).whole();
}

}  // namespace infodiet::recsys
