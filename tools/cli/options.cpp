#include "tools/cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <type_traits>

#include "recsys/suggest.hpp"
#include "tools/cli/errors.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

namespace po = boost::program_options;

// " from 1 to 5", " of at least 1", " of at most 5", or nothing. Whole numbers always have both ends.
template <class T>
std::string range_text(const Range<T>& range) {
  const bool below = std::is_integral_v<T> || range.minimum > std::numeric_limits<T>::lowest();
  const bool above = std::is_integral_v<T> || range.maximum < std::numeric_limits<T>::max();
  if (below && above) return fmt::format(" from {} to {}", range.minimum, range.maximum);
  if (below) return fmt::format(" of at least {}", range.minimum);
  if (above) return fmt::format(" of at most {}", range.maximum);
  return {};
}

template <class T>
T parse_value(std::string_view option, std::string_view kind, std::string_view text, const Range<T>& range) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool complete = error == std::errc() && stop == end;
  if (!complete || !(value >= range.minimum && value <= range.maximum)) {
    throw UsageError(
        fmt::format("{}: expected a {}number{}, but got '{}'", option, kind, range_text(range), printable(text)));
  }
  return value;
}

std::string with_dashes(const OptionText& text) {
  return fmt::format("--{}", text.name);
}

[[noreturn]] void fail_syntax(const po::invalid_command_line_syntax& error) {
  const std::string option = error.get_option_name();
  switch (error.kind()) {
    case po::invalid_command_line_syntax::missing_parameter:
    case po::invalid_command_line_syntax::empty_adjacent_parameter:
      throw UsageError(fmt::format("{} needs a value", printable(option)));
    case po::invalid_command_line_syntax::extra_parameter:
      throw UsageError(fmt::format("{} takes no value", printable(option)));
    default:
      throw UsageError(printable(error.what()));
  }
}

/// Shells pass an empty text for an unset variable.
const std::string& require_some(const OptionText& text, const std::string& value) {
  if (!value.empty()) return value;
  throw UsageError(
      fmt::format("{}: expected {}, but got '' (a variable that is not set?)", OptionSet::spelling(text), text.value));
}

}  // namespace

template <std::integral T>
T parse_integer(std::string_view option, std::string_view text, const Range<T>& range) {
  return parse_value<T>(option, "whole ", text, range);
}
template int parse_integer(std::string_view, std::string_view, const Range<int>&);
template long parse_integer(std::string_view, std::string_view, const Range<long>&);
template unsigned parse_integer(std::string_view, std::string_view, const Range<unsigned>&);
template unsigned long parse_integer(std::string_view, std::string_view, const Range<unsigned long>&);

double parse_number(std::string_view option, std::string_view text, const Range<double>& range) {
  const double value = parse_value<double>(option, "", text, range);
  if (!std::isfinite(value)) {
    throw UsageError(fmt::format("{}: expected a finite number{}, but got '{}'", option, range_text(range), text));
  }
  return value;
}

void OptionSet::refuse_twice(const std::string& name, const std::string& part) {
  throw UsageError(fmt::format("{}: {} is given twice", name, part));
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

void OptionSet::add(const OptionText& text, std::string default_value, std::function<void(const std::string&)> accept) {
  options_.push_back({.text = text,
                      .choices = {},
                      .default_value = std::move(default_value),
                      .accept = std::move(accept),
                      .repeatable = false});
}

std::string OptionSet::default_text(double value) {
  return fmt::format("{}", value);
}

std::string OptionSet::spelling(const OptionText& text) {
  return text.name.size() == 1 ? fmt::format("-{}", text.name) : with_dashes(text);
}

void OptionSet::flag(const OptionText& text, bool& target) {
  add(text, {}, [&target](const std::string&) { target = true; });
}

void OptionSet::text(const OptionText& text, std::string& target) {
  std::string shown = target;
  add(text, std::move(shown), [&target, text](const std::string& value) { target = require_some(text, value); });
}

void OptionSet::text(const OptionText& text, std::optional<std::string>& target) {
  add(text, target.value_or(""), [&target, text](const std::string& value) { target = require_some(text, value); });
}

void OptionSet::texts(const OptionText& text, std::vector<std::string>& target) {
  add(text, {}, [&target, text](const std::string& value) { target.push_back(require_some(text, value)); });
  options_.back().repeatable = true;
}

void OptionSet::choice(const OptionText& text, std::string& target, std::vector<std::string> choices) {
  const std::string name = spelling(text);
  std::string shown = target;
  add(text, std::move(shown), [&target, name, choices](const std::string& value) {
    if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
      throw UsageError(fmt::format("{}: expected one of {}, but got '{}'{}", name, fmt::join(choices, ", "),
                                   printable(value), recsys::suggestion(value, choices)));
    }
    target = value;
  });
  options_.back().choices = std::move(choices);
}

void OptionSet::numbers(const OptionText& text, std::vector<double>& target, Range<double> range) {
  const std::string name = spelling(text);
  add(text, fmt::format("{}", fmt::join(target, ",")), [&target, range, name](const std::string& value) {
    target.clear();
    for (const std::string& part : split_list(value)) target.push_back(parse_number(name, part, range));
  });
}

void OptionSet::positional(const OptionText& text, std::vector<std::string>& target) {
  positional_ = Option{.text = text, .choices = {}, .default_value = {}, .accept = [&target](const std::string& value) {
                         target.push_back(value);
                       }};
}

std::vector<std::string> OptionSet::parse(std::span<const std::string> arguments) const {
  po::options_description declared;
  std::vector<std::string> spellings;
  for (const Option& option : options_) {
    std::string name = option.text.name;
    if (name.size() == 1) name.append(",").append(name);
    if (option.text.letter != '\0') name.append({',', option.text.letter});
    if (option.text.value.empty()) {
      declared.add_options()(name.c_str(), option.text.help.c_str());
    } else {
      declared.add_options()(name.c_str(), po::value<std::string>(), option.text.help.c_str());
    }
    spellings.push_back(with_dashes(option.text));
  }

  po::parsed_options parsed(nullptr);
  try {
    parsed = po::command_line_parser(std::vector<std::string>(arguments.begin(), arguments.end()))
                 .options(declared)
                 .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                 .run();
  } catch (const po::unknown_option& error) {
    std::string typed = error.get_option_name();
    typed.erase(std::min(typed.find('='), typed.size()));
    throw UsageError(fmt::format("unknown option {}{}", printable(typed), recsys::suggestion(typed, spellings)));
  } catch (const po::invalid_command_line_syntax& error) {
    fail_syntax(error);
  }

  std::set<std::string> given;
  for (const po::option& argument : parsed.options) {
    if (argument.string_key.empty()) {
      for (const std::string& value : argument.value) {
        if (!positional_) throw UsageError(fmt::format("unexpected argument '{}'", printable(value)));
        positional_->accept(value);
        given.insert("");
      }
      continue;
    }
    const auto option = std::find_if(options_.begin(), options_.end(), [&](const Option& candidate) {
      return candidate.text.name == argument.string_key || "-" + candidate.text.name == argument.string_key;
    });
    if (!given.insert(option->text.name).second && !option->repeatable) {
      throw UsageError(fmt::format("{} is given more than once", spelling(option->text)));
    }
    option->accept(argument.value.empty() ? std::string() : argument.value.front());
  }

  std::vector<std::string> missing;
  for (const Option& option : options_) {
    if (option.text.required && !given.contains(option.text.name)) missing.push_back(spelling(option.text));
  }
  if (positional_ && positional_->text.required && !given.contains("")) missing.push_back(positional_->text.value);
  return missing;
}

}  // namespace infodiet::tools
