#include "tools/terminal/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <clocale>
#include <cwchar>
#include <vector>

namespace infodiet::tools {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

// Sets UTF-8 for this thread, whatever the user's locale, during its lifetime.
class Utf8Scope {
 public:
  Utf8Scope() : previous_(uselocale(locale())) {}
  ~Utf8Scope() { uselocale(previous_); }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  static locale_t locale() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;
  }
  locale_t previous_;
};

struct Glyph {
  std::string_view bytes;
  std::size_t width;
};

// Marks that change the direction of text or break lines: they can make a line look like another.
bool misleads(wchar_t character) {
  return character == 0x061C || character == 0x200E || character == 0x200F ||
         (character >= 0x2028 && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

// The length of an escape sequence for colour or weight at the start of `text`, or 0.
std::size_t style_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

// Calls `visit(glyph)` for each character; unprintable ones become the replacement character.
template <class Visit>
void for_each_glyph(std::string_view text, Visit&& visit) {
  const Utf8Scope utf8;
  std::mbstate_t state{};
  while (!text.empty()) {
    wchar_t character = 0;
    const std::size_t length = std::mbrtowc(&character, text.data(), text.size(), &state);
    const bool valid = length != 0 && length <= text.size();
    const int width = valid && !misleads(character) ? wcwidth(character) : -1;
    if (width < 0) {
      visit(Glyph{replacement_character, 1});
      state = {};
      text.remove_prefix(valid ? length : 1);
    } else {
      visit(Glyph{text.substr(0, length), static_cast<std::size_t>(width)});
      text.remove_prefix(length);
    }
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_glyph(text, [&](const Glyph& glyph) { out += glyph.bytes; });
  return out;
}

std::string printable_lines(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string printable_styled(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t kept = text.front() == '\n' || text.front() == '\t' ? 1 : style_length(text);
    out += text.substr(0, kept);
    text.remove_prefix(kept);
    kept = std::min(text.find_first_of("\n\t\x1b", kept == 0 ? 1 : 0), text.size());
    out += printable(text.substr(0, kept));
    text.remove_prefix(kept);
  }
  return out;
}

std::string escaped_json(std::string_view document) {
  std::string out;
  const Utf8Scope utf8;
  std::mbstate_t state{};
  while (!document.empty()) {
    wchar_t character = 0;
    const std::size_t length = std::mbrtowc(&character, document.data(), document.size(), &state);
    const std::size_t taken = length == 0 || length > document.size() ? 1 : length;
    if (taken == length && (misleads(character) || (character >= 0x7F && character <= 0x9F))) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
    } else {
      out += document.substr(0, taken);
    }
    document.remove_prefix(taken);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for_each_glyph(text, [&](const Glyph& glyph) { width += glyph.width; });
  return width;
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return printable(text);
  if (width == 0) return {};
  std::string out;
  std::size_t used = 1;  // the ellipsis
  bool full = false;
  for_each_glyph(text, [&](const Glyph& glyph) {
    full = full || used + glyph.width > width;
    if (full) return;
    out += glyph.bytes;
    used += glyph.width;
  });
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.append(ellipsis);
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  std::size_t hanging = 0;  // indentation of the continuation of an indented line
  const auto break_line = [&](std::size_t blanks) {
    out += '\n';
    out.append(indent + blanks, ' ');
    column = blanks;
  };
  const auto indent_line = [&] {
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    out.append(blanks, ' ');
    column = blanks;
    hanging = blanks == 0 ? 0 : blanks + 2;
    text.remove_prefix(blanks);
  };
  bool first = true;  // of its line
  indent_line();
  while (!text.empty()) {
    if (text.front() == '\n') {
      break_line(0);
      text.remove_prefix(1);
      indent_line();
      first = true;
      continue;
    }
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    const std::size_t word_width = display_width(word);
    if (!first && column + 1 + word_width > width) {
      break_line(hanging);
      first = true;
    }
    if (!first) {
      out += ' ';
      ++column;
    }
    first = false;
    out += word;
    column += word_width;
    text.remove_prefix(word.size());
  }
  return out;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string called(std::string_view key) {
  const bool number = std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
  return fmt::format("{}{}", number ? "user " : "", key);
}

std::string date_text(std::int64_t unix_seconds) {
  using namespace std::chrono;
  const seconds since_epoch(unix_seconds);
  constexpr sys_seconds first = sys_days(year(1) / January / 1);
  constexpr sys_seconds past_last = sys_days(year(10000) / January / 1);
  if (since_epoch < first.time_since_epoch() || since_epoch >= past_last.time_since_epoch()) {
    return std::to_string(unix_seconds);
  }
  const year_month_day day(floor<days>(sys_seconds(since_epoch)));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

}  // namespace infodiet::tools
