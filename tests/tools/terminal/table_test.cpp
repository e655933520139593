#include "tools/terminal/table.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "engine/errors.hpp"

namespace infodiet::tools {
namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

Table titles() {
  Table table({{.title = "rank", .align = Align::right}, {.title = "title", .elastic = true}, {.title = "topic"}});
  table.add({"1", "Die fabelhafte Welt der Amélie", "film"});
  table.add({"10", "映画", "x"});
  return table;
}

TEST(Table, AlignsColumnsByWhatIsSeen) {
  EXPECT_EQ(titles().text(unlimited),
            "rank  title                           topic\n"
            "   1  Die fabelhafte Welt der Amélie  film\n"
            "  10  映画                            x");
}

TEST(Table, BreaksElasticColumnsToFit) {
  EXPECT_EQ(titles().text(30),
            "rank  title              topic\n"
            "   1  Die fabelhafte     film\n"
            "      Welt der Amélie\n"
            "  10  映画               x");
  // Elastic columns keep eight columns even where that is too wide, and shorten what does not fit.
  EXPECT_EQ(titles().text(1),
            "rank  title     topic\n"
            "   1  Die       film\n"
            "      fabelha…\n"
            "      Welt der\n"
            "      Amélie\n"
            "  10  映画      x");
}

TEST(Table, GoesOnBelowInSentences) {
  Table table({{.title = "n"}, {.title = "what it means", .elastic = true}, {.title = "k"}});
  table.add({"1", "as many words as there are", "a"});
  table.add({"2", "few", "b"});
  EXPECT_EQ(table.text(20),
            "n  what it means   k\n"
            "1  as many words   a\n"
            "   as there are\n"
            "2  few             b");
  EXPECT_EQ(table.text(14),
            "n  what it   k\n"
            "   means\n"
            "1  as many   a\n"
            "   words as\n"
            "   there\n"
            "   are\n"
            "2  few       b");
}

TEST(Table, IsCutIntoSeveralWhereItIsStillTooWide) {
  Table table({{.title = "model"}, {.title = "first"}, {.title = "second"}, {.title = "third"}});
  table.add({"a", "1", "2", "3"});
  table.add({"bee", "4", "5", "6"});
  EXPECT_EQ(table.text(22),
            "model  first  second\n"
            "a      1      2\n"
            "bee    4      5\n"
            "\n"
            "model  third\n"
            "a      3\n"
            "bee    6");
  // Where even two columns do not fit, cutting would not help.
  EXPECT_EQ(table.text(10), table.text(unlimited));
}

TEST(Table, RefusesRowsOfAnotherLength) {
  EXPECT_THROW(titles().add({"1", "two"}), ShapeError);
}

TEST(Table, KeepsControlCharactersFromTheTerminal) {
  Table table({{.title = "title"}});
  table.add({"a\nb\x1b[2J"});
  EXPECT_EQ(table.text(unlimited), "title\na\uFFFDb\uFFFD[2J");
}

}  // namespace
}  // namespace infodiet::tools
