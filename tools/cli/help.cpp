#include "tools/cli/help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

constexpr std::size_t narrowest = 20;  // fewest columns for text

std::string list_commands(bool newcomers_only, std::size_t width) {
  std::size_t name_width = 0;
  for (const CommandEntry& entry : command_table()) name_width = std::max(name_width, entry.name.size());
  std::string out;
  for (const CommandEntry& entry : command_table()) {
    if (newcomers_only && entry.audience != Audience::newcomer) continue;
    const std::size_t indent = name_width + 4;
    out += fmt::format("  {:<{}}  {}\n", entry.name, name_width,
                       wrap(entry.summary, std::max(width, indent + narrowest) - indent, indent));
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

std::string overview(std::size_t width) {
  return wrap(fmt::format("infodiet: {}.\n\nThe most important commands:\n", purpose()), width, 0) +
         list_commands(true, width) +
         wrap(
             "\nWhere to start, without data of your own:\n"
             "  infodiet sample && infodiet train && infodiet recommend --user reader-1\n"
             "With your own:\n"
             "  infodiet import PATH && infodiet train && infodiet recommend --user ID\n\n"
             "All commands: infodiet help. One command: infodiet COMMAND --help.",
             width, 0);
}

std::string command_list(std::size_t width) {
  const auto any = prepare(command_table().front(), defaults_here());
  return fmt::format("Usage: infodiet COMMAND [arguments] [options]\n\n{}\nOptions of every command:\n{}\n{}",
                     list_commands(false, width), option_list(shared_options(*any), width),
                     wrap("For one command: infodiet COMMAND --help.", width, 0));
}

std::string option_list(std::span<const OptionSet::Option> options, std::size_t width) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const OptionSet::Option& option : options) {
    const bool named = !option.text.name.empty();
    rows.emplace_back(named ? option_spelling(option.text) : option.text.value, option_meaning(option));
  }
  std::size_t left_width = 0;
  for (const auto& row : rows) left_width = std::max(left_width, row.first.size());

  const std::size_t indent = left_width + 4;
  const std::size_t right_width = std::max(width, indent + narrowest) - indent;
  std::string out;
  for (const auto& [left, right] : rows) {
    out += fmt::format("  {:<{}}  {}\n", left, left_width, wrap(right, right_width, indent));
  }
  return out;
}

std::string command_help(const PreparedCommand& prepared, std::size_t width) {
  std::vector<OptionSet::Option> own;
  if (const auto& positional = prepared.spec.options.positional()) own.push_back(*positional);
  for (const OptionSet::Option& option : own_options(prepared)) own.push_back(option);
  std::vector<std::string> shared;
  for (const OptionSet::Option& option : shared_options(prepared)) shared.push_back(option_spelling(option.text));
  std::string topics;
  for (const HelpTopic& topic : prepared.spec.topics) {
    topics += fmt::format("{}{}", topics.empty() ? "" : ", ", topic.name);
  }
  const std::string more =
      topics.empty() ? std::string()
                     : fmt::format("\n\nMore: infodiet help {} TOPIC. Topics: {}.", prepared.entry->name, topics);
  return fmt::format(
      "{}\n\n{}\n\n{}{}\nExample:\n{}", wrap("Usage: " + usage_line(prepared), width, 2),
      wrap(prepared.spec.description + more, width, 0),
      own.empty() ? std::string() : "Options:\n" + option_list(own, width) + "\n",
      wrap(fmt::format("Every command also takes {}: see infodiet help.", fmt::join(shared, "; ")), width, 0) + "\n",
      wrap("  " + prepared.spec.example, width, 0));
}

std::string_view purpose() {
  return "what someone should see next, why, and what a feed does to them";
}

std::string version_line() {
  return "infodiet " INFODIET_VERSION;
}

}  // namespace infodiet::tools
