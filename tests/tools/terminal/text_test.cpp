#include "tools/terminal/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace infodiet::tools {
namespace {

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("plain"), 5U);
  EXPECT_EQ(display_width("Malmö"), 5U);
  EXPECT_EQ(display_width("e\u0301"), 1U);   // a combining accent
  EXPECT_EQ(display_width("映画"), 4U);      // wide characters
  EXPECT_EQ(display_width("\xff\xfe"), 2U);  // replaced, one each
}

TEST(Printable, ReplacesWhatATerminalMustNotSee) {
  EXPECT_EQ(printable("\x1b[31mred"), "\uFFFD[31mred");
  EXPECT_EQ(printable("tab\there"), "tab\uFFFDhere");
  EXPECT_EQ(printable("cut \xC3"), "cut \uFFFD");
  EXPECT_EQ(printable(std::string_view("nul\0!", 5)), "nul\uFFFD!");
  EXPECT_EQ(printable("Amélie 映画 🎬"), "Amélie 映画 🎬");
}

TEST(Printable, ReplacesMarksThatTurnTheDirectionOfWriting) {
  EXPECT_EQ(printable("a\u202Eb\u2066c\u200Fd\u061Ce"), "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
  EXPECT_EQ(printable("\u0085"), "\uFFFD");
}

TEST(PrintableStyled, KeepsLinesTabsAndStylesOnly) {
  EXPECT_EQ(printable_styled("\x1b[1mbold\x1b[0m\n\ttab\n\n"), "\x1b[1mbold\x1b[0m\n\ttab\n\n");
  EXPECT_EQ(printable_styled("\x1b[2J\x1b]0;title\x07\x1b"), "\uFFFD[2J\uFFFD]0;title\uFFFD\uFFFD");
  EXPECT_EQ(printable_styled("a\u202Eb"), "a\uFFFDb");
}

TEST(EscapedJson, HidesWhatATerminalMustNotSee) {
  EXPECT_EQ(escaped_json("{\"\u00e9\": \"\x7f\u0085\u202E\"}"), "{\"\u00e9\": \"\\u007f\\u0085\\u202e\"}");
}

TEST(PrintableLines, KeepsLineBreaksOnly) {
  EXPECT_EQ(printable_lines("one\ntwo\x1b[2J\n"), "one\ntwo\uFFFD[2J\n");
  EXPECT_EQ(printable_lines(""), "");
}

TEST(Shorten, NeverExceedsTheWidth) {
  EXPECT_EQ(shorten("Toy Story", 9), "Toy Story");
  EXPECT_EQ(shorten("Toy Story", 8), "Toy Sto…");
  EXPECT_EQ(shorten("Toy Story", 5), "Toy…");
  EXPECT_EQ(shorten("映画館", 4), "映…");
  EXPECT_EQ(shorten("abc", 0), "");
  for (std::size_t width = 0; width < 12; ++width)
    EXPECT_LE(display_width(shorten("映e\u0301画 abc 館", width)), width);
}

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_EQ(wrap("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrap("extraordinarily long", 5, 0), "extraordinarily\nlong");
  EXPECT_EQ(wrap("first\nsecond", 20, 0), "first\nsecond");
}

TEST(Called, SaysOfANumberThatItIsAUser) {
  EXPECT_EQ(called("86"), "user 86");
  EXPECT_EQ(called("reader-86"), "reader-86");
}

TEST(DateText, IsTheDayInUtc) {
  EXPECT_EQ(date_text(0), "1970-01-01");
  EXPECT_EQ(date_text(-1), "1969-12-31");
  EXPECT_EQ(date_text(1709251199), "2024-02-29");
  EXPECT_EQ(date_text(253402300799), "9999-12-31");
  EXPECT_EQ(date_text(253402300800), "253402300800");
  EXPECT_EQ(date_text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

}  // namespace
}  // namespace infodiet::tools
