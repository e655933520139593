#include "tools/cli/man_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "tools/cli/command_table.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/help.hpp"

namespace infodiet::tools {

namespace {

struct Line {
  std::string_view tag;
  std::string_view meaning;
};
constexpr std::array environment_variables{
    Line{"INFODIET_DB", "the database, unless --db is given."},
    Line{"NO_COLOR", "if set to anything, disables colours on a terminal."},
    Line{"COLUMNS", "if set to a number, the width of tables."},
};
struct Status {
  ExitCode code;
  std::string_view meaning;
};
constexpr std::array statuses{
    Status{ExitCode::done, "done."},
    Status{ExitCode::failed, "failed: the message says what, where and what to do."},
    Status{ExitCode::usage, "the command line is wrong."},
    Status{ExitCode::rejected_input, "data that cannot be accepted, or an unknown user or item."},
    Status{ExitCode::damaged_file, "a database that is damaged, foreign, or of another version."},
    Status{ExitCode::interrupted, "interrupted by Ctrl-C; the message says what was kept."},
};

// Text escaped for roff, so that nothing is a command or becomes another character.
std::string escaped(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'' || c == '`' || c == '^' || c == '~') {
      out += fmt::format("\\({}", c == '\'' ? "aq" : c == '`' ? "ga" : c == '^' ? "ha" : "ti");
    } else {
      out += c;
    }
  }
  return out;
}

void add_tagged(std::string& page, std::string_view tag, std::string_view meaning) {
  page += fmt::format(".TP\n.B {}\n{}\n", escaped(tag), escaped(meaning));
}

// Paragraphs; an indented line "name: meaning" is an entry of a list.
void add_paragraphs(std::string& page, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t colon = line.find(": ");
    if (line.empty()) {
      page += ".PP\n";
    } else if (line.starts_with("  ") && colon != std::string_view::npos) {
      add_tagged(page, line.substr(2, colon - 2), line.substr(colon + 2));
    } else {
      page += escaped(line) + "\n";
    }
  }
}

void add_option(std::string& page, const OptionSet::Option& option) {
  add_tagged(page, option_spelling(option.text), option_meaning(option));
}

void add_command(std::string& page, const PreparedCommand& prepared) {
  page += fmt::format(".SS {}\n", escaped(usage_line(prepared)));
  add_paragraphs(page, prepared.spec.description);
  for (const HelpTopic& topic : prepared.spec.topics) {
    page += ".PP\n";
    add_paragraphs(page, topic.text);
  }
  if (const auto& positional = prepared.spec.options.positional()) {
    add_tagged(page, positional->text.value, option_meaning(*positional));
  }
  for (const OptionSet::Option& option : own_options(prepared)) add_option(page, option);
  page += fmt::format(".PP\nExample:\n.PP\n.in +4n\n.EX\n{}\n.EE\n.in\n", escaped(prepared.spec.example));
}

}  // namespace

std::string man_page() {
  std::string page = fmt::format(
      ".\\\" Written by 'infodiet man'.\n.TH INFODIET 1 \"\" \"{}\" \"User Commands\"\n"
      ".SH NAME\ninfodiet \\- {}\n.SH SYNOPSIS\n.B infodiet\n.I COMMAND\n[\\fIarguments\\fR] [\\fIoptions\\fR]\n"
      ".SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      escaped(version_line()), escaped(purpose()),
      escaped("One program over one SQLite file: it trains a recommender that attends over what people consumed, says "
              "which items carried every pick, shows what a feed does to simulated people, and how varied and "
              "nourishing somebody's information diet is. Results go to standard output, progress and messages to "
              "standard error. 'infodiet' alone shows where to start."));
  std::string shared;
  for (const CommandEntry& entry : command_table()) {
    const auto prepared = prepare(entry, {});
    add_command(page, *prepared);
    shared.clear();
    for (const OptionSet::Option& option : shared_options(*prepared)) add_option(shared, option);
  }
  page += ".SH OPTIONS OF EVERY COMMAND\n" + shared + ".SH ENVIRONMENT\n";
  for (const Line& line : environment_variables) add_tagged(page, line.tag, line.meaning);
  page += ".SH EXIT STATUS\n";
  for (const Status& status : statuses) {
    add_tagged(page, std::to_string(static_cast<int>(status.code)), status.meaning);
  }
  page += ".SH FILES\n";
  add_tagged(page, SharedOptions{}.database, "the database, unless another is named.");
  return page + ".SH SEE ALSO\n.BR sqlite3 (1)";
}

}  // namespace infodiet::tools
