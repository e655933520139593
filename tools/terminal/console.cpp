#include "tools/terminal/console.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/io/json_text.hpp"
#include "tools/terminal/terminal.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

[[noreturn]] void fail_output() {
  throw std::system_error(errno, std::generic_category(), "cannot write results to standard output");
}

// `text`, wrapped between words if a line is wider than `stream`.
std::string fitted(std::string_view text, std::FILE* stream) {
  const std::size_t width = columns(stream);
  std::string out;
  for (;;) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += display_width(line) > width ? wrap(line, width, 0) : printable(line);
    if (line.size() == text.size()) return out;
    out += '\n';
    text.remove_prefix(line.size() + 1);
  }
}

void write_error_line(std::string_view message) {
  const std::string text = fitted(printable_lines(message), stderr);
  // If both streams go to the same terminal or file, keep their order.
  std::fflush(stdout);
  // If standard error is closed, there is nothing left to report to.
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

}  // namespace

Console::Console(ConsoleOptions options)
    : options_(options), width_(columns(stdout)), colours_(allows_colour(stdout)) {}

void Console::print(std::string_view line) const {
  const std::string text = printable_styled(line);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fputc('\n', stdout) == EOF) fail_output();
}

void Console::print_prose(std::string_view text) const {
  print(fitted(printable_lines(text), stdout));
}

void Console::print_json(const Json& document) const {
  print(escaped_json(engine::json_text(document, 2)));
}

void Console::note(std::string_view text) const {
  if (!options_.quiet) write_error_line(text);
}

void Console::warn(std::string_view text) const {
  write_error_line(fmt::format("infodiet: {}", text));
}

std::string Console::bold(std::string_view text) const {
  return colours_ ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

std::string Console::dim(std::string_view text) const {
  return colours_ ? fmt::format("\x1b[2m{}\x1b[0m", text) : std::string(text);
}

void print_failure(std::string_view what, std::string_view advice) {
  constexpr std::string_view name = "infodiet:";
  std::string message = fitted(printable_lines(fmt::format("{} {}", name, what)), stderr);
  if (allows_colour(stderr)) message.insert(name.size(), "\x1b[0m").insert(0, "\x1b[1;31m");
  if (!advice.empty()) message.append("\n").append(advice);
  message += '\n';
  std::fwrite(message.data(), 1, message.size(), stderr);
}

void flush_results() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) fail_output();
}

}  // namespace infodiet::tools
