#include "tools/cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "tools/cli/command_table.hpp"
#include "tools/cli/help.hpp"

namespace infodiet::tools {

namespace {

// Everything that does not depend on the table. bash cuts what is typed at = and : as well as at blanks, and replaces
// only the part after the last cut.
constexpr std::string_view script = R"bash(
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
    _infodiet_words "$(_infodiet_commands) help --help --version" ''
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

// What follows an option, as the script's variables.
std::string takes(const OptionSet::Option& option) {
  if (option.text.value.empty()) return "takes=nothing";
  if (!option.choices.empty()) return fmt::format("takes=words offers='{}'", fmt::join(option.choices, " "));
  const std::string known = fmt::format("{}", fmt::join(option.text.known, " "));
  if (option.text.value == "FILE" || option.text.value == "PATH...") {
    return known.empty() ? "takes=files" : fmt::format("takes=files offers='{}'", known);
  }
  if (option.text.value == "DIR") return "takes=folder";
  return known.empty() ? "takes=anything" : fmt::format("takes=words offers='{}'", known);
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

}  // namespace

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
      version_line(), fmt::join(names, " "), words, own, shared, script.substr(0, script.size() - 1));
}

}  // namespace infodiet::tools
