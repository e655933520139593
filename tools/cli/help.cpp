#include "tools/cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

std::string list_commands(bool newcomers_only) {
  std::size_t name_width = 0;
  for (const CommandEntry& entry : command_table()) name_width = std::max(name_width, entry.name.size());
  std::string out;
  for (const CommandEntry& entry : command_table()) {
    if (newcomers_only && entry.audience != Audience::newcomer) continue;
    out += fmt::format("  {:<{}}  {}\n", entry.name, name_width, entry.summary);
  }
  return out;
}

}  // namespace

std::string option_spelling(const OptionText& text) {
  std::string left = text.letter == '\0' ? OptionSet::spelling(text) : fmt::format("-{}, --{}", text.letter, text.name);
  if (!text.value.empty()) left.append(" ").append(text.value);
  return left;
}

std::string option_meaning(const OptionSet::Option& option) {
  std::string right = option.text.help;
  if (!option.choices.empty()) right += fmt::format(": {}", fmt::join(option.choices, ", "));
  if (option.text.required) right += " (required)";
  if (!option.default_value.empty()) right += fmt::format(" (default {})", option.default_value);
  return right;
}

std::string usage_line(const PreparedCommand& prepared) {
  std::string usage = fmt::format("infodiet {}", prepared.entry->name);
  const auto& positional = prepared.spec.options.positional();
  if (positional) usage += fmt::format(" {}", positional->text.value);
  for (const OptionSet::Option& option : prepared.spec.options.options()) {
    if (option.text.required) usage += fmt::format(" {}", option_spelling(option.text));
  }
  return usage + " [options]";
}

std::string overview() {
  return fmt::format(
      "infodiet: {}.\n\n"
      "The commands that matter:\n{}\n"
      "Where to start, without data of your own:\n"
      "  infodiet sample && infodiet train && infodiet recommend --user reader-1\n"
      "With your own:\n"
      "  infodiet import PATH && infodiet train && infodiet recommend --user ID\n\n"
      "All commands: infodiet help. One command: infodiet COMMAND --help.",
      purpose(), list_commands(true));
}

std::string command_list() {
  return fmt::format(
      "Usage: infodiet COMMAND [arguments] [options]\n\n{}\nOne command in full: infodiet COMMAND --help.",
      list_commands(false));
}

std::string option_list(const OptionSet& options, std::size_t width) {
  std::vector<std::pair<std::string, std::string>> rows;
  if (options.positional()) rows.emplace_back(options.positional()->text.value, option_meaning(*options.positional()));
  for (const OptionSet::Option& option : options.options()) {
    rows.emplace_back(option_spelling(option.text), option_meaning(option));
  }
  std::size_t left_width = 0;
  for (const auto& row : rows) left_width = std::max(left_width, row.first.size());

  const std::size_t indent = left_width + 4;
  const std::size_t right_width = width > indent + 20 ? width - indent : 20;
  std::string out;
  for (const auto& [left, right] : rows) {
    out += fmt::format("  {:<{}}  {}\n", left, left_width, wrap(right, right_width, indent));
  }
  return out;
}

std::string command_help(const PreparedCommand& prepared, std::size_t width) {
  return fmt::format("Usage: {}\n\n{}\n\nOptions:\n{}\nExample:\n  {}", usage_line(prepared),
                     wrap(prepared.spec.description, width, 0), option_list(prepared.spec.options, width),
                     prepared.spec.example);
}

std::string_view purpose() {
  return "what someone should see next, why, and what a feed does to them";
}

std::string version_line() {
  return "infodiet " INFODIET_VERSION;
}

}  // namespace infodiet::tools
