// Named settings for any aggregate of options: a table gives names, ranges and meanings, the aggregate the defaults.
// Used for `--set name=value`, help, and stored JSON. Reads one assignment at a time; tools/cli splits the command
// line.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace infodiet::recsys {

/// The kinds of values.
enum class SettingKind {
  real,
  whole,
  flag,    ///< 0 or 1
  choice,  ///< one of a few names
};

/// A setting as help lists it. All values are numbers; a choice has the index of its name.
struct SettingInfo {
  std::string_view name;
  double value = 0;  ///< the default
  double low = 0;    ///< smallest value allowed
  double high = 0;   ///< largest value allowed
  SettingKind kind = SettingKind::real;
  std::string_view meaning{};                   ///< may be empty
  std::string_view former{};                    ///< its name in earlier versions, also accepted
  std::span<const std::string_view> choices{};  ///< of a choice, its names
  bool may_be_missing = false;  ///< may be missing in stored JSON of earlier versions; then the default applies
};

/// A setting bound to its member of the aggregate `Options`.
template <class Options>
struct Setting : SettingInfo {
  double (*get)(const Options& options) = nullptr;
  void (*set)(Options& options, double value) = nullptr;
};

namespace detail {
template <class Class, class Value>
struct Member {
  using Options = Class;
  using Type = Value;
};
template <class Class, class Value>
Member<Class, Value> member_of(Value Class::*);

template <auto member>
constexpr auto bound(const SettingInfo& info) {
  using Options = typename decltype(member_of(member))::Options;
  using Type = typename decltype(member_of(member))::Type;
  Setting<Options> setting{info};
  setting.value = static_cast<double>(Options{}.*member);
  setting.get = [](const Options& options) { return static_cast<double>(options.*member); };
  setting.set = [](Options& options, double value) { options.*member = static_cast<Type>(value); };
  return setting;
}
}  // namespace detail

/// The setting for `member` of its aggregate: a bool is a flag and takes 0 or 1, a std::size_t a whole number.
template <auto member>
constexpr auto setting(std::string_view name, double low, double high, std::string_view meaning = {}) {
  using Type = typename decltype(detail::member_of(member))::Type;
  static_assert(std::is_same_v<Type, double> || std::is_same_v<Type, std::size_t> || std::is_same_v<Type, bool>);
  constexpr SettingKind kind = std::is_same_v<Type, bool>     ? SettingKind::flag
                               : std::is_same_v<Type, double> ? SettingKind::real
                                                              : SettingKind::whole;
  return detail::bound<member>({.name = name, .low = low, .high = high, .kind = kind, .meaning = meaning});
}

/// The setting for the enum `member`, whose values are 0, 1, ... in the order of `names`, which must outlive it.
template <auto member>
constexpr auto choice(std::string_view name, std::span<const std::string_view> names, std::string_view meaning = {}) {
  static_assert(std::is_enum_v<typename decltype(detail::member_of(member))::Type>);
  return detail::bound<member>({.name = name,
                                .low = 0,
                                .high = static_cast<double>(names.size() - 1),
                                .kind = SettingKind::choice,
                                .meaning = meaning,
                                .choices = names});
}

/// `setting` with `name` as its name in earlier versions.
template <class Options>
constexpr Setting<Options> formerly(std::string_view name, Setting<Options> setting) {
  setting.former = name;
  return setting;
}

/// Throws SettingError if `value` is not one that `setting` of `owner` ("choc-kale", "--set") takes.
void check_value(std::string_view owner, const SettingInfo& setting, double value);

/// Reads "name=value" against `known`: the index of the setting and its value, which is within range. Throws
/// SettingError that names `owner` and lists what is known.
std::pair<std::size_t, double> read_assignment(std::string_view owner, std::span<const SettingInfo> known,
                                               std::string_view assignment);

/// A note for each of `assignments` that uses the name of an earlier version.
std::vector<std::string> former_names(std::span<const SettingInfo> known, std::span<const std::string> assignments);

/// A value as in an assignment: "64", "0.5", "gelu".
std::string value_text(const SettingInfo& setting, double value);

/// Settings and their values (as many) as the text of a JSON object, for storing.
std::string settings_json(std::span<const SettingInfo> known, std::span<const double> values);

/// The values of such a text. Throws DamagedError naming `owner` ("the attention model") if it is no object, or
/// a value is missing or out of range.
std::vector<double> stored_settings(std::string_view owner, std::span<const SettingInfo> known,
                                    const std::string& text);

/// The table as help lists it.
template <class Options>
std::vector<SettingInfo> describe(std::span<const Setting<Options>> table) {
  return {table.begin(), table.end()};
}

/// The values of `options`, in the order of the table.
template <class Options>
std::vector<double> values_of(std::span<const Setting<Options>> table, const Options& options) {
  std::vector<double> values;
  for (const Setting<Options>& setting : table) values.push_back(setting.get(options));
  return values;
}

/// All of `options` as the text of a JSON object.
template <class Options>
std::string settings_json(std::span<const Setting<Options>> table, const Options& options) {
  return settings_json(describe(table), values_of(table, options));
}

/// The options of such a text. Throws DamagedError as above.
template <class Options>
Options stored_options(std::string_view owner, std::span<const Setting<Options>> table, const std::string& text) {
  const std::vector<double> values = stored_settings(owner, describe(table), text);
  Options options;
  for (std::size_t i = 0; i < table.size(); ++i) table[i].set(options, values[i]);
  return options;
}

/// The default options changed by `assignments`, each "name=value"; the last assignment to a name counts. Throws
/// SettingError.
template <class Options>
Options read_options(std::string_view owner, std::span<const Setting<Options>> table,
                     std::span<const std::string> assignments) {
  const std::vector<SettingInfo> known = describe(table);
  Options options;
  for (const std::string& assignment : assignments) {
    const auto [index, value] = read_assignment(owner, known, assignment);
    table[index].set(options, value);
  }
  return options;
}

/// `options` if every value is within its range; throws SettingError otherwise.
template <class Options>
const Options& checked(std::string_view owner, std::span<const Setting<Options>> table, const Options& options) {
  for (const Setting<Options>& setting : table) check_value(owner, setting, setting.get(options));
  return options;
}

}  // namespace infodiet::recsys
