#include "tools/text.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace infodiet::tools
