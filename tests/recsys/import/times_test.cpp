// What is a time, in which unit, and what is only an order.
#include "recsys/import/times.hpp"

#include <gmock/gmock.h>

#include "tests/recsys/import/import_fixture.hpp"

namespace infodiet::recsys {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TimeGuess guess(std::vector<std::string_view> values) {
  return guess_time(values);
}

std::string read(const TimeReading& reading, std::string_view text) {
  const auto instant = read_time(reading, text);
  return instant ? text_of(*instant) : "-";
}

TEST(Times, ReadsDatesHoweverTheyAreWritten) {
  const TimeReading dates{.kind = TimeReading::Kind::dates};
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"2024-03-01T10:00:00Z", "2024-03-01T10:00:00Z"},
      {"2024-03-01T10:00:00+02:00", "2024-03-01T08:00:00Z"},
      {"2024-03-01T10:00:00-0530", "2024-03-01T15:30:00Z"},
      {"2024-03-01T10:00:00+02", "2024-03-01T08:00:00Z"},
      {"2024-03-01 10:00:00 UTC", "2024-03-01T10:00:00Z"},
      {"2024-03-01 10:00:00.123456789+00:00", "2024-03-01T10:00:00.123456789Z"},
      {"2024-03-01T10:00:00,5", "2024-03-01T10:00:00.5Z"},
      {"2024-03-01T10:00", "2024-03-01T10:00:00Z"},
      {"2024/3/1 9:05:07", "2024-03-01T09:05:07Z"},
      {"2024.03.01", "2024-03-01T00:00:00Z"},
      {"2024-03-01", "2024-03-01T00:00:00Z"},
      {"20240301", "2024-03-01T00:00:00Z"},
      {" 1969-12-31T23:59:59.5Z ", "1969-12-31T23:59:59.5Z"},
      {"2024-03-01 10:00:00 PM", "2024-03-01T22:00:00Z"},
      {"Tue Apr 03 18:00:09 +0000 2012", "2012-04-03T18:00:09Z"},
      {"Wed May 09 09:33:44 -0700 2007", "2007-05-09T16:33:44Z"},
      {"Fri, 01 Mar 2024 10:00:00 GMT", "2024-03-01T10:00:00Z"},
      {"Mar 1, 2024", "2024-03-01T00:00:00Z"},
      {"2024-02-30", "-"},
      {"2024-13-01", "-"},
      {"2024-03-01T25:00:00", "-"},
      {"2024-03-01T10:60", "-"},
      {"2024-03-01x", "-"},
      {"2024-03-01T10:00:00 Europe", "-"},
      {"01/03/2024", "-"},
      {"yesterday", "-"},
      {"", "-"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(dates, text), expected) << text;
}

TEST(Times, TheUnitIsTheOneThatPutsPeopleBetween1990And2100) {
  const std::pair<std::string_view, TimeUnit> cases[] = {{"1700000000", TimeUnit::seconds},
                                                         {"1700000000.25", TimeUnit::seconds},
                                                         {"1.7e9", TimeUnit::seconds},
                                                         {"1700000000123", TimeUnit::milliseconds},
                                                         {"1700000000123456", TimeUnit::microseconds},
                                                         {"1700000000123456789", TimeUnit::nanoseconds}};
  for (const auto& [text, unit] : cases) {
    const TimeGuess found = guess({text, "", "NA"});
    ASSERT_TRUE(found.reading) << text;
    EXPECT_EQ(found.reading->kind, TimeReading::Kind::number) << text;
    EXPECT_EQ(found.reading->unit, unit) << text;
  }
  EXPECT_EQ(read({.kind = TimeReading::Kind::number, .unit = TimeUnit::nanoseconds}, "1700000000123456789"),
            "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(read({.kind = TimeReading::Kind::number}, "1700000000.123456789"), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(read({.kind = TimeReading::Kind::number}, "0"), "-") << "nobody's time";
  EXPECT_EQ(read({.kind = TimeReading::Kind::number, .told = true}, "0"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(read({.kind = TimeReading::Kind::number, .told = true}, "1700000000123"), "-") << "of another unit";
}

TEST(Times, NumbersThatAreNoTimesAreAnOrder) {
  EXPECT_EQ(guess({"1", "2", "3"}).reading->kind, TimeReading::Kind::order);
  EXPECT_EQ(guess({"526309", "1031018"}).reading->kind, TimeReading::Kind::order);
  EXPECT_EQ(guess({"1700000000", "0", "1700000001", "1700000002"}).reading->kind, TimeReading::Kind::number);
}

TEST(Times, DatesWithoutSeparatorsAreNoSecondsOf1970) {
  for (const std::string_view text : {"20240301", "202403011230", "20240301123045"}) {
    EXPECT_EQ(guess({text}).reading->kind, TimeReading::Kind::compact) << text;
  }
  EXPECT_EQ(read({.kind = TimeReading::Kind::compact}, "20240301123045"), "2024-03-01T12:30:45Z");
  EXPECT_EQ(read({.kind = TimeReading::Kind::compact}, "20241301"), "-");
}

TEST(Times, TellsTheDayFromTheMonthOrAsks) {
  EXPECT_FALSE(guess({"5/31/20", "1/2/20"}).reading->day_first);
  EXPECT_TRUE(guess({"31/05/2020", "01/02/2020"}).reading->day_first);
  EXPECT_TRUE(guess({"01.02.2020"}).reading->day_first);
  EXPECT_THAT(guess({"01/02/2020"}).doubt, AllOf(HasSubstr("'%d/%m/%Y'"), HasSubstr("'%m/%d/%Y'")));
  EXPECT_THAT(guess({"31/01/2020", "01/31/2020"}).doubt, HasSubstr("--time-format"));
  EXPECT_EQ(read({.kind = TimeReading::Kind::days}, "11/11/2019 9:05:58 PM"), "2019-11-11T21:05:58Z");
  EXPECT_EQ(read({.kind = TimeReading::Kind::format, .format = "%d/%m/%Y %H:%M:%S.%f"}, "01/02/2020 10:00:00.25"),
            "2020-02-01T10:00:00.25Z");
}

class ImportTimes : public ImportTest {};

TEST_F(ImportTimes, MillisecondsKeepTheirOrderAndMakeNoDuplicates) {
  const ImportReport report = import_text(
      "a.csv", "user,item,time\nu,c,1700000000300\nu,a,1700000000100\nu,b,1700000000200\nu,a,1700000000900\n");
  EXPECT_EQ(report.accepted, 4);
  EXPECT_EQ(history("u"), (Keys{"a", "b", "c", "a"}));
  EXPECT_EQ(number("SELECT sum(nanoseconds) FROM interactions"), 1'500'000'000);
  EXPECT_EQ(import_text("b.csv", "user,item,time\nu,a,1700000000100\nu,a,1700000000101\n").duplicates, 1);
}

TEST_F(ImportTimes, TwoUnitsInOneColumnAreAskedAbout) {
  const std::string_view mixed = "user,item,time\nu,a,1700000000\nu,b,1700000001123\n";
  EXPECT_THAT(refusal("a.csv", mixed),
              AllOf(HasSubstr("column \"time\""), HasSubstr("--time-unit s or --time-unit ms")));
  const ImportReport report = import_text("a.csv", mixed, {.time_unit = TimeUnit::milliseconds});
  EXPECT_EQ(report.accepted, 1);
  EXPECT_EQ(report.rejected, 1);
  EXPECT_EQ(history("u"), Keys{"b"});
}

TEST_F(ImportTimes, TheFinestOfSeveralColumnsIsTaken) {
  const ImportReport report = import_text(
      "a.csv", "user,item,date,play_time,time_ms\nu,b,20220408,9,1649391245862\nu,a,20220408,10,1649387245862\n");
  EXPECT_EQ(history("u"), (Keys{"a", "b"}));
  const Understanding& known = report.imported_files.at(0).understanding;
  EXPECT_EQ(known.names.at(*known.columns[ColumnRole::time]), "time_ms");
  EXPECT_THAT(known.notes, testing::ElementsAre("several columns hold times (date, time_ms): time_ms is the finest"));
}

TEST_F(ImportTimes, DatesUnderAnyNameAreTheTime) {
  const ImportReport report =
      import_text("a.csv", "user;item;when;born\nu;b;2022-04-08 10:00;7\nu;a;2022-04-07 09:00;9\n");
  EXPECT_EQ(history("u"), (Keys{"a", "b"}));
  EXPECT_THAT(report.imported_files.at(0).understanding.notes,
              testing::ElementsAre("\"when\" holds dates, so it is the time (--columns time= leaves it out)"));
  import_text("left.csv", "user;item;when\nv;b;2022-04-08\nv;a;2022-04-07\n", {.columns = {{ColumnRole::time, ""}}});
  EXPECT_EQ(history("v"), (Keys{"b", "a"}));
  EXPECT_THAT(refusal("doubt.csv", "user;item;when\nw;b;01/02/2020\nw;a;03/01/2020\n"),
              AllOf(HasSubstr("column \"when\""), HasSubstr("--time-format")));
}

TEST_F(ImportTimes, WhatMayBeATimeUnderAnotherNameIsSaid) {
  const auto notes = [&](const std::string& name, std::string_view text) {
    return import_text(name, text).imported_files.at(0).understanding.notes;
  };
  const std::string order = "no column holds times: the order of the file is the order of histories";
  EXPECT_THAT(notes("number.csv", "user,item,code\nu,b,1600000009\nu,a,1600000001\n"),
              testing::ElementsAre("these may be times, and were not used: \"code\" (--columns time=NAME)", order));
  EXPECT_THAT(notes("two.csv", "user,item,ordered,paid\nv,b,2022-04-08,2022-04-09\nv,a,2022-04-07,2022-04-09\n"),
              testing::ElementsAre("these may be times, and were not used: \"ordered\", \"paid\" (--columns time=NAME)",
                                   order));
  EXPECT_THAT(notes("born.csv", "user,item,birthday\nw,b,1990-04-08\nw,a,1991-04-07\n"), testing::ElementsAre(order));
}

TEST_F(ImportTimes, AnotherReadingIsAnotherImport) {
  const std::string_view dates = "user,item,date\nu,a,01/02/2020\nu,b,03/01/2020\n";
  import_text("a.csv", dates, {.time_format = "%d/%m/%Y"});
  EXPECT_EQ(history("u"), (Keys{"b", "a"}));
  EXPECT_EQ(import_text("a.csv", dates, {.time_format = "%d/%m/%Y"}).outcome, ImportOutcome::unchanged);
  const ImportReport again = import_text("a.csv", dates, {.time_format = "%m/%d/%Y", .again = true});
  EXPECT_EQ(again.replaced, 2);
  EXPECT_EQ(history("u"), (Keys{"a", "b"}));
  EXPECT_EQ(number("SELECT count(*) FROM imports"), 1);
}

}  // namespace
}  // namespace infodiet::recsys
