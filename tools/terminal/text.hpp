// Text as a terminal shows it: widths in columns, shortening, control characters. Not a Unicode library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace infodiet::tools {

/// `text` safe for printing: control characters, marks that change the direction of writing and invalid UTF-8 become
/// U+FFFD, so that a title or id cannot break a table, send commands to the terminal, or look like another.
std::string printable(std::string_view text);
/// The same, with line breaks kept.
std::string printable_lines(std::string_view text);
/// The same, with line breaks, tabs, and sequences that only set colour or weight kept.
std::string printable_styled(std::string_view text);
/// A JSON document with characters unsafe for a terminal, which JSON allows, as \u escapes.
std::string escaped_json(std::string_view document);

/// Columns that printable text takes on a terminal: wide characters count two, combining ones none.
std::size_t display_width(std::string_view text);

/// Printable text cut to at most `width` columns, with an ellipsis if something is cut.
std::string shorten(std::string_view text, std::size_t width);

/// Breaks `text` between words into lines of at most `width` columns (a longer word has a line of its own), each after
/// the first preceded by `indent` blanks. Keeps line breaks in `text` and the indentation of lines, whose continuations
/// are indented by two more.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

/// "1 row", "2 rows".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

/// A person's name in texts: "user 86" if the id is a number, else the id.
std::string called(std::string_view key);

/// The day of a moment in Unix seconds, in UTC: "2024-01-31". Outside of the years 1 to 9999 the number itself.
std::string date_text(std::int64_t unix_seconds);

}  // namespace infodiet::tools
