// The page of a task: its content is complete and cannot break its markup.
#include "tools/gallery/parts/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace infodiet::gallery {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(GalleryPage, ShowsWordsWithTheirWeights) {
  Page page({.title = "Title"}, "lead");
  page.example("first", "remark");
  page.words("caption", std::vector<std::string>{"good", "bad"}, std::vector<float>{0.934F, 0.001F});
  page.example("second", "remark");
  const std::string html = page.html();
  EXPECT_THAT(html, HasSubstr("--a:0.934\">good</b><small>93</small>"));
  EXPECT_THAT(html, HasSubstr("--a:0.001\">bad</b><small></small>"));
  EXPECT_EQ(count(html, "<article "), 2U);
  EXPECT_EQ(count(html, "href=\"#example-"), 2U) << "examples to page through";
  EXPECT_EQ(count(html, "</article>"), 2U);
}

TEST(GalleryPage, GivesItsFirstPictureToTheIndex) {
  Card card{.name = "task"};
  Page page(card, "");
  EXPECT_EQ(page.picture(), "");
  page.example("first", "remark");
  const std::vector<float> weights{0.5F, 0.0F};
  page.table("c", std::vector<std::string>{"row"}, std::vector<std::string>{"<script>", "x"}, {weights.data(), 1, 2});
  page.words("later", std::vector<std::string>{"word"}, std::vector<float>{1.0F});
  card.picture = page.picture();
  const std::string index = index_page(std::span(&card, 1));
  EXPECT_THAT(index, HasSubstr(">&lt;script&gt;</th>"));
  EXPECT_THAT(index, HasSubstr(">50</td>"));
  EXPECT_THAT(index, HasSubstr("aria-label=\"What the network of task attends to\""));
  EXPECT_THAT(index, Not(HasSubstr("word</b>"))) << "only the first";
}

TEST(GalleryPage, GivesImagesOfSeveralPagesDifferentNames) {
  std::vector<Card> cards{{.name = "first"}, {.name = "second"}};
  for (Card& card : cards) {
    Page page(card, "");
    page.example("e", "r");
    page.image("i", {.across = 1, .side = 1}, std::vector<float>(1, 1), std::vector<float>{1.0F});
    card.picture = page.picture();
  }
  const std::string index = index_page(cards);
  for (const Card& card : cards) {
    EXPECT_EQ(count(index, "<g id=\"" + card.name + "-0\">"), 1U);
    EXPECT_EQ(count(index, "<use href=\"#" + card.name + "-0\"/>"), 1U);
  }
}

TEST(GalleryPage, LetsAHeadingStandForTheColumnsAfterIt) {
  Page page({}, "");
  page.example("e", "r");
  const float weights[] = {0.5F, 0.25F, 0.25F};
  page.table("c", std::vector<std::string>{"x"}, std::vector<std::string>{"k", "", "l"}, {weights, 1, 3});
  EXPECT_THAT(page.html(), HasSubstr("<th colspan=\"2\">k</th><th colspan=\"1\">l</th>"));
  EXPECT_EQ(count(page.html(), "<td "), 3U);
}

TEST(GalleryPage, EscapesText) {
  Page page({.title = "a < b & \"c\""}, "<script>");
  const std::string html = page.html();
  EXPECT_THAT(html, HasSubstr("<title>a &lt; b &amp; &quot;c&quot;</title>"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
}

TEST(GalleryPage, ShowsTablesAndImages) {
  Page page({.name = "t"}, "");
  page.example("e", "r");
  const float weights[] = {0.5F, 0.25F, 0.25F, 0, 1, 0};
  page.table("c", std::vector<std::string>{"x", "y"}, std::vector<std::string>{"k", "l", "m"}, {weights, 2, 3});
  page.image("i", {.across = 2, .side = 2}, std::vector<float>(16, 1), std::vector<float>{0.1F, 0.2F, 0.3F, 0.4F});
  const std::string html = page.html();
  EXPECT_EQ(count(html, "<td "), 6U);
  EXPECT_THAT(html, HasSubstr("<th>y</th>"));
  EXPECT_EQ(count(html, "class=\"ink\""), 16U) << "pixels are written once";
  EXPECT_EQ(count(html, "<use href=\"#t-0\"/>"), 1U);
  EXPECT_THAT(html, HasSubstr(">40</text>"));
  EXPECT_THAT(html, HasSubstr("class=\"heat\" x=\"2\" y=\"2\" width=\"2\" height=\"2\" opacity=\"1.000\""));
}

TEST(GalleryPage, LeadsToAllFromTheIndex) {
  const Card cards[] = {{.name = "dates", .title = "a < b", .with_attention = 0.99, .without_attention = 0.37}};
  const std::string html = index_page(cards);
  EXPECT_THAT(html, HasSubstr("<a href=\"dates.html\">a &lt; b</a>"));
  EXPECT_THAT(html, HasSubstr("--w:99.0%"));
  EXPECT_THAT(html, HasSubstr("--w:37.0%"));
}

}  // namespace
}  // namespace infodiet::gallery
