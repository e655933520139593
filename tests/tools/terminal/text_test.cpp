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
