#include "tools/table.hpp"

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

TEST(Table, ShortensElasticColumnsToFit) {
  EXPECT_EQ(titles().text(26),
            "rank  title          topic\n"
            "   1  Die fabelhaf…  film\n"
            "  10  映画           x");
  // Elastic columns keep eight columns even where that is too wide.
  EXPECT_EQ(titles().text(1),
            "rank  title     topic\n"
            "   1  Die fab…  film\n"
            "  10  映画      x");
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
