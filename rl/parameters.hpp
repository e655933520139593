// Named numbers of an environment or policy, open to `--set name=value`: one table gives names, ranges and meanings,
// the options aggregate gives the defaults. Not an option parser; it takes one assignment at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace infodiet::rl {

enum class ParameterKind { real, integer, flag };

/// A parameter as help lists it.
struct ParameterInfo {
  std::string_view name;
  double value;  ///< the default
  double low;    ///< smallest value allowed
  double high;   ///< largest value allowed
  ParameterKind kind;
  std::string_view meaning;
};

/// A parameter bound to its member of the aggregate `Options`.
template <class Options>
struct Parameter {
  std::string_view name;
  double low;
  double high;
  std::string_view meaning;
  ParameterKind kind;
  double (*get)(const Options& options);
  void (*set)(Options& options, double value);
};

namespace detail {
template <class Class, class Value>
struct Member {
  using Options = Class;
  using Type = Value;
};
template <class Class, class Value>
Member<Class, Value> member_of(Value Class::*);
}  // namespace detail

/// The parameter that is `member` of its aggregate: a bool is a flag and takes 0 or 1, a std::size_t a whole number.
template <auto member>
constexpr auto parameter(std::string_view name, double low, double high, std::string_view meaning) {
  using Options = typename decltype(detail::member_of(member))::Options;
  using Type = typename decltype(detail::member_of(member))::Type;
  static_assert(std::is_same_v<Type, double> || std::is_same_v<Type, std::size_t> || std::is_same_v<Type, bool>);
  constexpr ParameterKind kind = std::is_same_v<Type, bool>     ? ParameterKind::flag
                                 : std::is_same_v<Type, double> ? ParameterKind::real
                                                                : ParameterKind::integer;
  return Parameter<Options>{name,
                            low,
                            high,
                            meaning,
                            kind,
                            [](const Options& options) { return static_cast<double>(options.*member); },
                            [](Options& options, double value) { options.*member = static_cast<Type>(value); }};
}

/// Reads "name=value" against `known`: the parameter's place and its value, which is within range. Throws SettingError
/// naming `owner` ("choc-kale") and listing what is known.
std::pair<std::size_t, double> read_assignment(std::string_view owner, std::span<const ParameterInfo> known,
                                               std::string_view assignment);

/// Throws SettingError if `value` is not one that `parameter` of `owner` takes.
void check_value(std::string_view owner, const ParameterInfo& parameter, double value);

/// The table as help lists it.
template <class Options>
std::vector<ParameterInfo> describe(std::span<const Parameter<Options>> table) {
  const Options defaults{};
  std::vector<ParameterInfo> known;
  for (const auto& parameter : table) {
    known.push_back(
        {parameter.name, parameter.get(defaults), parameter.low, parameter.high, parameter.kind, parameter.meaning});
  }
  return known;
}

/// The default options changed by `assignments`, each "name=value"; the last of one name holds. Throws SettingError.
template <class Options>
Options read_options(std::string_view owner, std::span<const Parameter<Options>> table,
                     std::span<const std::string> assignments) {
  const std::vector<ParameterInfo> known = describe(table);
  Options options;
  for (const std::string& assignment : assignments) {
    const auto [place, value] = read_assignment(owner, known, assignment);
    table[place].set(options, value);
  }
  return options;
}

/// `options` if every value is within its range; throws SettingError otherwise.
template <class Options>
const Options& checked(std::string_view owner, std::span<const Parameter<Options>> table, const Options& options) {
  const std::vector<ParameterInfo> known = describe(table);
  for (std::size_t i = 0; i < table.size(); ++i) check_value(owner, known[i], table[i].get(options));
  return options;
}

}  // namespace infodiet::rl
