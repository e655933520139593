#include "recsys/csv_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "tests/support/read_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

TEST(CsvFile, QuotesTextAndKeepsNumbersToTheBit) {
  const test::TemporaryFolder folder;
  CsvFile file(folder.file("a.csv"), "name,float,double,whole,none");
  file.text("a \"b\", c\nd").number(0.1F).number(0.1).number(-3).empty().end_row();
  file.text("").number(1e-30F).number(1.0 / 3).number(std::size_t{18446744073709551615U}).empty().end_row();
  EXPECT_FALSE(std::filesystem::exists(folder.file("a.csv"))) << "before it is whole";
  file.commit();
  EXPECT_EQ(test::read_file(folder.file("a.csv")),
            "name,float,double,whole,none\n"
            "\"a \"\"b\"\", c\nd\",0.1,0.1,-3,\n"
            "\"\",1e-30,0.3333333333333333,18446744073709551615,\n");
}

TEST(CsvFile, DefusesWhatASpreadsheetWouldRun) {
  const test::TemporaryFolder folder;
  const auto write = [&](CellText text) {
    CsvFile file(folder.file("a.csv"), "cell", {.text = text});
    for (const char* cell : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "1=1"}) file.text(cell).end_row();
    file.commit();
    return test::read_file(folder.file("a.csv"));
  };
  EXPECT_EQ(write(CellText::inert), "cell\n\"'=1+1\"\n\"'+1\"\n\"'-1\"\n\"'@SUM(A1)\"\n\"'\t=1\"\n\"1=1\"\n");
  EXPECT_EQ(write(CellText::raw), "cell\n\"=1+1\"\n\"+1\"\n\"-1\"\n\"@SUM(A1)\"\n\"\t=1\"\n\"1=1\"\n");
}

TEST(CsvFile, NamesWhatCannotBeWritten) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(CsvFile(folder.file("none/a.csv"), "a"), std::system_error);
}

}  // namespace
}  // namespace infodiet::recsys
