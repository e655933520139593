// The options of one command, declared once: parsing, checking, help and completion use the same list.
// Boost.Program_options parses, behind this header. Not a general option library.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace infodiet::tools {

/// How an option is spelled and explained.
struct OptionText {
  std::string name = {};   ///< without dashes: "users" is --users; a name of one letter may be given as -k too
  char letter = '\0';      ///< short spelling, or none
  std::string value = {};  ///< placeholder of its value in help; empty for a flag. FILE and DIR are completed as such
  std::string help = {};   ///< what it does, a few words
  bool required = false;
  /// Completions if any text is allowed; for each part of a list, and "name=" if a value follows. For a FILE: a pattern
  /// of matching files.
  std::vector<std::string> known = {};
};

/// Numbers an option accepts, both ends included.
template <class T>
struct Range {
  T minimum = std::numeric_limits<T>::lowest();
  T maximum = std::numeric_limits<T>::max();
};

/// `text` as a whole number within `range`, or UsageError naming `option`, the text and what was expected.
template <std::integral T>
T parse_integer(std::string_view option, std::string_view text, const Range<T>& range = {});

/// `text` as a finite number within `range`, or UsageError.
double parse_number(std::string_view option, std::string_view text, const Range<double>& range = {});

/// `text` split at every comma; empty parts are kept.
std::vector<std::string> split_list(std::string_view text);

/// The value type of `Target` (T or std::optional<T>).
template <class Target>
struct Held {
  using type = Target;
};
template <class T>
struct Held<std::optional<T>> {
  using type = T;
};

/// Declares options bound to variables; `parse` fills those variables. The initial value of a variable is the option's
/// default. Variables must outlive the set.
class OptionSet {
 public:
  /// One declared option, or the positional arguments.
  struct Option {
    OptionText text;
    std::vector<std::string> choices;                ///< allowed values; empty: any
    std::string default_value;                       ///< as help shows it; empty: none
    std::function<void(const std::string&)> accept;  ///< takes one given value; throws UsageError
    bool repeatable = false;
  };

  void flag(const OptionText& text, bool& target);
  void text(const OptionText& text, std::string& target);
  void text(const OptionText& text, std::optional<std::string>& target);
  /// Text that may be given several times.
  void texts(const OptionText& text, std::vector<std::string>& target);
  /// Text of which only `choices` are allowed; anything else is a UsageError with a suggestion.
  void choice(const OptionText& text, std::string& target, std::vector<std::string> choices);
  /// A whole number; `Target` is an integer type or std::optional of one.
  template <class Target>
  void integer(const OptionText& text, Target& target, Range<typename Held<Target>::type> range = {}) {
    using T = typename Held<Target>::type;
    const std::string name = spelling(text);
    add(text, default_text(target),
        [&target, range, name](const std::string& value) { target = parse_integer<T>(name, value, range); });
  }
  /// A finite number; `Target` is double or std::optional<double>.
  template <class Target>
  void number(const OptionText& text, Target& target, Range<double> range = {}) {
    const std::string name = spelling(text);
    add(text, default_text(target),
        [&target, range, name](const std::string& value) { target = parse_number(name, value, range); });
  }
  /// A comma-separated list of whole numbers, each given once: --k 5,10,20.
  template <std::integral T>
  void integers(const OptionText& text, std::vector<T>& target, Range<T> range = {}) {
    const std::string name = spelling(text);
    add(text, default_text(target), [&target, range, name](const std::string& value) {
      target.clear();
      for (const std::string& part : split_list(value)) {
        const T number = parse_integer<T>(name, part, range);
        if (std::find(target.begin(), target.end(), number) != target.end()) refuse_twice(name, part);
        target.push_back(number);
      }
    });
  }
  /// A comma-separated list of finite numbers: --diet 0.2,0.5.
  void numbers(const OptionText& text, std::vector<double>& target, Range<double> range = {});
  /// Arguments that are not options; `text.value` is their placeholder ("PATH..."). At most one such list.
  void positional(const OptionText& text, std::vector<std::string>& target);

  /// Reads the arguments after the command's name. Accepts no abbreviations. Throws UsageError for an unknown option
  /// (with a suggestion), a missing or surplus value, a repeated option that may not repeat, or an invalid value.
  /// Returns the spellings of missing required options and arguments: the caller reports those, unless help was
  /// requested.
  std::vector<std::string> parse(std::span<const std::string> arguments) const;

  const std::vector<Option>& options() const { return options_; }
  const std::optional<Option>& positional() const { return positional_; }

  /// "--users", or "-k" for a name of one letter.
  static std::string spelling(const OptionText& text);

 private:
  [[noreturn]] static void refuse_twice(const std::string& name, const std::string& part);
  void add(const OptionText& text, std::string default_value, std::function<void(const std::string&)> accept);
  static std::string default_text(double value);
  template <std::integral T>
  static std::string default_text(T value) {
    return std::to_string(value);
  }
  template <class T>
  static std::string default_text(const std::optional<T>& value) {
    return value ? default_text(*value) : std::string();
  }
  template <class T>
  static std::string default_text(const std::vector<T>& values) {
    std::string text;
    for (const T& value : values) text.append(text.empty() ? "" : ",").append(std::to_string(value));
    return text;
  }

  std::vector<Option> options_;
  std::optional<Option> positional_;
};

}  // namespace infodiet::tools
