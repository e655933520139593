#include "rl/parameters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "rl/errors.hpp"

namespace infodiet::rl {

namespace {

std::string range_of(const ParameterInfo& parameter) {
  switch (parameter.kind) {
    case ParameterKind::flag:
      return "0 or 1";
    case ParameterKind::integer:
      return fmt::format("a whole number from {} to {}", parameter.low, parameter.high);
    case ParameterKind::real:
      break;
  }
  return fmt::format("a number from {} to {}", parameter.low, parameter.high);
}

std::string names_of(std::span<const ParameterInfo> known) {
  std::string names;
  for (const ParameterInfo& parameter : known) {
    names += fmt::format("{}{}={}", names.empty() ? "" : ", ", parameter.name, parameter.value);
  }
  return names;
}

}  // namespace

void check_value(std::string_view owner, const ParameterInfo& parameter, double value) {
  const bool whole = parameter.kind == ParameterKind::real || value == std::floor(value);
  if (value >= parameter.low && value <= parameter.high && whole) return;
  throw SettingError(fmt::format("{}: {} ({}) is {}: expected {}", owner, parameter.name, parameter.meaning, value,
                                 range_of(parameter)));
}

std::pair<std::size_t, double> read_assignment(std::string_view owner, std::span<const ParameterInfo> known,
                                               std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string_view name = assignment.substr(0, equals);
  if (equals == std::string_view::npos) {
    throw SettingError(
        fmt::format("{}: \"{}\" sets nothing: expected name=value with one of {}", owner, assignment, names_of(known)));
  }
  std::size_t place = 0;
  while (place < known.size() && known[place].name != name) ++place;
  if (place == known.size()) {
    throw SettingError(fmt::format("{}: there is no \"{}\": expected one of {}", owner, name, names_of(known)));
  }
  const std::string_view text = assignment.substr(equals + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw SettingError(fmt::format("{}: {} ({}) is set to \"{}\", which is no number: expected {}", owner, name,
                                   known[place].meaning, text, range_of(known[place])));
  }
  check_value(owner, known[place], value);
  return {place, value};
}

}  // namespace infodiet::rl
