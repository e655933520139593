#include "recsys/utf8.hpp"

#include <gtest/gtest.h>

namespace infodiet::recsys {
namespace {

TEST(Utf8, KnowsValidFromInvalid) {
  for (const std::string_view text : {"", "plain", "Amélie", "日本語", "😀", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
  // Lone and missing continuations, overlong forms, surrogates, beyond U+10FFFF, bytes that never occur.
  for (const std::string_view text : {"\x80", "a\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80", "\xff", "Am\xe9lie"}) {
    EXPECT_FALSE(is_valid_utf8(text));
  }
}

TEST(Utf8, ReadsTheRestAsLatin1) {
  EXPECT_EQ(to_utf8("Amélie"), "Amélie");
  EXPECT_EQ(to_utf8("Am\xe9lie"), "Amélie");
  EXPECT_EQ(to_utf8("\xff\x80"), "ÿ\xc2\x80");
}

}  // namespace
}  // namespace infodiet::recsys
