#include "tools/console.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "tools/terminal.hpp"
#include "tools/text.hpp"

namespace infodiet::tools {
namespace {

[[noreturn]] void fail_output() {
  throw std::system_error(errno, std::generic_category(), "cannot write results to standard output");
}

void write_error_line(std::string_view message) {
  const std::string text = printable_lines(message);
  // Nobody is left to tell if standard error is closed.
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

}  // namespace

Console::Console(ConsoleOptions options)
    : options_(options), width_(columns(stdout)), colours_(allows_colour(stdout)) {}

void Console::print(std::string_view text) const {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fputc('\n', stdout) == EOF) fail_output();
}

void Console::print_json(const Json& document) const {
  print(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
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

void flush_results() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) fail_output();
}

}  // namespace infodiet::tools
