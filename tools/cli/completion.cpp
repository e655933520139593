#include "tools/cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "tools/cli/command_table.hpp"
#include "tools/cli/help.hpp"

namespace infodiet::tools {

namespace {

// The part that does not depend on the table. bash splits words at = and : as well as at blanks, and replaces only the
// part after the last split.
constexpr std::string_view bash_script = R"bash(
_infodiet() {
  local words=() i
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    if ((i > 1)) && [[ ${COMP_WORDS[i]} == [=:] || ${COMP_WORDS[i - 1]} == [=:] ]]; then
      words[${#words[@]} - 1]+=${COMP_WORDS[i]}
    else
      words+=("${COMP_WORDS[i]}")
    fi
  done
  local command=${words[1]-} option=${words[-2]} value=${words[-1]} before='' takes='' offers=''
  COMPREPLY=()
  if ((${#words[@]} <= 2)); then
    _infodiet_words "$(_infodiet_commands) help version --help --version" ''
    return
  fi
  if [[ $command == help ]]; then
    ((${#words[@]} > 3)) || _infodiet_words "$(_infodiet_commands)" ''
    return
  fi
  if [[ $value == --*=* ]]; then
    option=${value%%=*} before=$option= value=${value#*=}
  fi
  _infodiet_option "$command" "$option"
  if [[ -z $before && ( $takes == nothing || -z $takes ) ]]; then
    if [[ $value == -* ]]; then
      _infodiet_words "$(_infodiet_options "$command")" ''
      return
    fi
    _infodiet_option "$command" ''
  fi
  case $takes in
    words)
      if [[ $value == *,* ]]; then
        before+=${value%,*}, value=${value##*,}
      fi
      _infodiet_words "$offers" "$before"
      ;;
    files) _infodiet_files "$before" -f -X "${offers:+!$offers}" ;;
    folder) _infodiet_files "$before" ;;
  esac
}

# Offers those of the words $1 that begin with what is typed, which stands after $2 in its word.
_infodiet_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$value")
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
  _infodiet_reply "$2"
}

# Offers folders and what compgen finds with the options $2 and on.
_infodiet_files() {
  local before=$1
  shift
  mapfile -t COMPREPLY < <({ compgen -d -- "$value"; (($# == 0)) || compgen "$@" -- "$value"; } | sort -u)
  compopt -o filenames 2>/dev/null
  _infodiet_reply "$before"
}

# Takes off what stands before the last = or : that bash cuts at.
_infodiet_reply() {
  local typed=$1$value cut i
  [[ $COMP_WORDBREAKS == *=* ]] || return 0
  cut=${typed%"${typed##*[=:]}"}
  for i in "${!COMPREPLY[@]}"; do
    COMPREPLY[i]=$1${COMPREPLY[i]}
    COMPREPLY[i]=${COMPREPLY[i]#"$cut"}
  done
}

complete -F _infodiet infodiet
)bash";

/// The kind of an option's value, for a shell.
enum class Value { none, anything, words, list, files, folder };

struct Offer {
  Value value;
  std::vector<std::string> known{};  ///< words, or patterns of files
};

Offer offer_of(const OptionSet::Option& option) {
  const OptionText& text = option.text;
  if (text.value.empty()) return {Value::none};
  if (!option.choices.empty()) return {Value::words, option.choices};
  if (text.value == "FILE" || text.value == "PATH...") return {Value::files, text.known};
  if (text.value == "DIR") return {Value::folder};
  if (text.known.empty()) return {Value::anything};
  return {text.value.find(',') == std::string::npos ? Value::words : Value::list, text.known};
}

/// `text` in single quotes for a shell; inner quotes are escaped.
std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// What may follow an option, as variables of the script.
std::string takes(const OptionSet::Option& option) {
  const Offer offer = offer_of(option);
  const std::string offers =
      offer.known.empty() ? std::string() : fmt::format(" offers='{}'", fmt::join(offer.known, " "));
  switch (offer.value) {
    case Value::none:
      return "takes=nothing";
    case Value::anything:
      return "takes=anything";
    case Value::words:
    case Value::list:
      return "takes=words" + offers;
    case Value::files:
      return "takes=files" + offers;
    case Value::folder:
      break;
  }
  return "takes=folder";
}

// "-k|--k", every way to write it.
std::vector<std::string> spellings(const OptionText& text) {
  std::vector<std::string> all{OptionSet::spelling(text)};
  if (text.letter != '\0') all.push_back(fmt::format("-{}", text.letter));
  return all;
}

void add_cases(std::string& cases, std::string_view command, std::span<const OptionSet::Option> options) {
  for (const OptionSet::Option& option : options) {
    std::vector<std::string> patterns;
    for (const std::string& spelling : spellings(option.text))
      patterns.push_back(fmt::format("{} {}", command, spelling));
    cases += fmt::format("    '{}') {} ;;\n", fmt::join(patterns, "' | '"), takes(option));
  }
}

std::string option_words(const PreparedCommand& prepared) {
  std::string words;
  for (const OptionSet::Option& option : prepared.spec.options.options()) {
    words += fmt::format("{}{}", words.empty() ? "" : " ", OptionSet::spelling(option.text));
  }
  return words;
}

std::string bash_completion() {
  std::vector<std::string> names;
  std::string words;
  std::string own;
  std::string shared;
  for (const CommandEntry& entry : command_table()) {
    const auto prepared = prepare(entry, {});
    names.emplace_back(entry.name);
    words += fmt::format("    {}) echo '{}' ;;\n", entry.name, option_words(*prepared));
    if (const auto& positional = prepared->spec.options.positional()) {
      own += fmt::format("    '{} ') {} ;;\n", entry.name, takes(*positional));
    }
    add_cases(own, entry.name, own_options(*prepared));
    shared.clear();
    for (const OptionSet::Option& option : shared_options(*prepared)) {
      std::vector<std::string> patterns;
      for (const std::string& spelling : spellings(option.text)) patterns.push_back(fmt::format("*' {}'", spelling));
      shared += fmt::format("    {}) {} ;;\n", fmt::join(patterns, " | "), takes(option));
    }
  }
  return fmt::format(
      "# Completion of infodiet's commands, options and names for bash. Written by 'infodiet completion bash' of "
      "{}.\n\n"
      "_infodiet_commands() {{\n  echo '{}'\n}}\n\n"
      "# The options of a command.\n_infodiet_options() {{\n  case $1 in\n{}  esac\n}}\n\n"
      "# What follows an option ($2) of a command ($1), or its arguments where $2 is empty.\n"
      "_infodiet_option() {{\n  takes='' offers=''\n  case \"$1 $2\" in\n{}{}  esac\n}}\n{}",
      version_line(), fmt::join(names, " "), words, own, shared, bash_script.substr(0, bash_script.size() - 1));
}

// The value of an option or argument in _arguments' words.
std::string zsh_value(const OptionSet::Option& option) {
  const Offer offer = offer_of(option);
  const std::string known = fmt::format("{}", fmt::join(offer.known, " "));
  const auto action = [&]() -> std::string {
    switch (offer.value) {
      case Value::words:
        return fmt::format("({})", known);
      case Value::list:
        return fmt::format("_sequence -s , compadd - {}", known);
      case Value::files:
        return known.empty() ? "_files" : fmt::format("_files -g \"{}\"", known);
      case Value::folder:
        return "_files -/";
      case Value::none:
      case Value::anything:
        break;
    }
    return " ";
  };
  return offer.value == Value::none ? std::string() : fmt::format(":{}:{}", option.text.value, action());
}

std::string zsh_option(const OptionSet::Option& option) {
  std::string help = option.text.help;
  std::replace(help.begin(), help.end(), '[', '(');
  std::replace(help.begin(), help.end(), ']', ')');
  std::string lines;
  for (const std::string& spelling : spellings(option.text)) {
    const bool takes_equals = spelling.starts_with("--") && !option.text.value.empty();
    lines += " \\\n        " +
             single_quoted(fmt::format("{}{}[{}]{}", spelling, takes_equals ? "=" : "", help, zsh_value(option)));
  }
  return lines;
}

std::string zsh_completion() {
  std::string commands;
  std::string cases;
  for (const CommandEntry& entry : command_table()) {
    const auto prepared = prepare(entry, {});
    commands += fmt::format("    {}\n", single_quoted(fmt::format("{}:{}", entry.name, entry.summary)));
    cases += fmt::format("    {})\n      _arguments", entry.name);
    for (const OptionSet::Option& option : prepared->spec.options.options()) cases += zsh_option(option);
    if (const auto& positional = prepared->spec.options.positional()) {
      cases += " \\\n        " + single_quoted("*" + zsh_value(*positional));
    }
    cases += "\n      ;;\n";
  }
  return fmt::format(
      "#compdef infodiet\n"
      "# Completion of infodiet's commands, options and names for zsh. Written by 'infodiet completion zsh' of {}.\n\n"
      "_infodiet() {{\n  local -a commands\n  commands=(\n{}    'help:all commands, or one in full'\n"
      "    'version:show the version'\n  )\n"
      "  if (( CURRENT == 2 )) || [[ $words[2] == help && CURRENT -eq 3 ]]; then\n"
      "    _describe -t commands 'command of infodiet' commands\n    return\n  fi\n"
      "  shift words\n  (( CURRENT-- ))\n  case $words[1] in\n{}  esac\n}}\n\n"
      "if [[ $funcstack[1] == _infodiet ]]; then\n  _infodiet \"$@\"\nelse\n  compdef _infodiet infodiet\nfi",
      version_line(), commands, cases);
}

// A fish line: completions if `condition` holds.
std::string fish_option(const std::string& condition, const OptionSet::Option& option) {
  std::string line = "complete -c infodiet -n " + single_quoted(condition);
  const OptionText& text = option.text;
  if (text.name.size() == 1) {
    line += " -s " + text.name;
  } else if (!text.name.empty()) {
    line += " -l " + text.name;
  }
  if (text.letter != '\0') line += fmt::format(" -s {}", text.letter);
  const Offer offer = offer_of(option);
  const std::string known = fmt::format("{}", fmt::join(offer.known, " "));
  switch (offer.value) {
    case Value::none:
      break;
    case Value::anything:
      line += " -x";
      break;
    case Value::words:
      line += fmt::format(" -x -a '{}'", known);
      break;
    case Value::list:
      line += fmt::format(" -x -a '(__fish_complete_list , \"string split \\\\  -- \\\"{}\\\"\")'", known);
      break;
    case Value::files:
      line += " -r -F";
      break;
    case Value::folder:
      line += " -x -a '(__fish_complete_directories)'";
      break;
  }
  std::string help;
  for (const char c : text.help) help += c == '\'' ? "\\'" : std::string(1, c);
  return line + fmt::format(" -d '{}'\n", help);
}

std::string fish_completion() {
  std::string lines;
  for (const CommandEntry& entry : command_table()) {
    const auto prepared = prepare(entry, {});
    lines += fmt::format("complete -c infodiet -n __fish_use_subcommand -a {} -d {}\n", entry.name,
                         single_quoted(entry.summary));
    lines += fmt::format("complete -c infodiet -n '__fish_seen_subcommand_from help' -a {}\n", entry.name);
    const std::string seen = fmt::format("__fish_seen_subcommand_from {}", entry.name);
    for (const OptionSet::Option& option : prepared->spec.options.options()) lines += fish_option(seen, option);
    if (const auto& positional = prepared->spec.options.positional()) lines += fish_option(seen, *positional);
  }
  return fmt::format(
      "# Completion of infodiet's commands, options and names for fish. Written by 'infodiet completion fish' of "
      "{}.\n\n"
      "complete -c infodiet -f\n"
      "complete -c infodiet -n __fish_use_subcommand -a help -d 'all commands, or one in full'\n"
      "complete -c infodiet -n __fish_use_subcommand -a version -d 'show the version'\n{}",
      version_line(), lines.substr(0, lines.size() - 1));
}

}  // namespace

std::vector<std::string> completion_shells() {
  return {"bash", "zsh", "fish"};
}

std::string completion(std::string_view shell) {
  if (shell == "bash") return bash_completion();
  return shell == "zsh" ? zsh_completion() : fish_completion();
}

}  // namespace infodiet::tools
