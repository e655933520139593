#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "recsys/import/import.hpp"
#include "recsys/store/catalogue.hpp"
#include "tests/support/read_file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json import_json(const std::string& db, std::vector<std::string> arguments, const std::string& input = {}) {
  arguments.insert(arguments.begin(), {"import", "--db", db, "--json"});
  const ProgramRun run = infodiet(arguments, {.input = input});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return run.exit_code == 0 ? json::parse(run.out) : json();
}

recsys::Counts counts(const std::string& path) {
  return recsys::count_contents(recsys::Database(path, recsys::OpenMode::read_only));
}

TEST(ImportCommand, TakesTheSampleWorldBack) {
  const TemporaryFolder folder;
  ASSERT_EQ(infodiet({"sample", "--csv", folder.file("world"), "--users", "20", "--items", "60"}).exit_code, 0);
  ASSERT_EQ(infodiet({"sample", "--db", folder.file("direct.db"), "--users", "20", "--items", "60"}).exit_code, 0);
  const std::string path = folder.file("imported.db");
  const json first = import_json(path, {folder.file("world")});
  EXPECT_EQ(first["changed"], true);
  EXPECT_EQ(first["accepted"], 300);
  EXPECT_EQ(first["accepted_attributes"], 60);
  EXPECT_EQ(first["rejected"], 0);
  EXPECT_EQ(first["users"], 20);
  EXPECT_EQ(first["items"], 60);
  EXPECT_EQ(first["files"][0]["format"], "csv");

  const recsys::Database imported(path, recsys::OpenMode::read_only);
  const recsys::Database direct(folder.file("direct.db"), recsys::OpenMode::read_only);
  for (const recsys::Item& item : recsys::list_items(direct)) {
    SCOPED_TRACE(item.key);
    const auto id = recsys::find_item(imported, item.key);
    ASSERT_TRUE(id.has_value());
    const recsys::Item same = recsys::load_item(imported, *id);
    EXPECT_EQ(same.title, item.title);
    EXPECT_EQ(same.topics, item.topics);
    EXPECT_EQ(same.quality, item.quality);
    EXPECT_EQ(same.clickbait, item.clickbait);
    EXPECT_EQ(same.minutes, item.minutes);
  }

  const json again = import_json(path, {folder.file("world")});
  EXPECT_EQ(again["changed"], false);
  EXPECT_EQ(again["accepted"], 0);
  EXPECT_EQ(again["users"], 20);
  EXPECT_EQ(counts(path).interactions, 300);
}

// The item vectors of the model that this training publishes.
std::string trained_vectors(const std::string& db, const std::string& settings, const std::string& folder) {
  const ProgramRun trained = infodiet({"train", "--db", db, "--epochs", "2", "--set", quick_model + settings});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  // It need not be the published one.
  std::int64_t latest = 0;
  const json models = json::parse(infodiet({"models", "--db", db, "--json"}).out)["models"];
  for (const json& model : models) {
    latest = std::max(latest, model["id"].get<std::int64_t>());
  }
  EXPECT_EQ(infodiet({"export", "--db", db, "--model", std::to_string(latest), "--npy", folder}).exit_code, 0);
  return read_file(folder + "/items.weight.npy");
}

TEST(ImportCommand, TakesVectorsThatExportWroteAndTrainingUsesThem) {
  const TemporaryFolder folder;
  const std::string db = TrainedWorld::get().copy("vectors.db");
  const std::string without = trained_vectors(db, ",attributes=none", folder.file("without"));
  const std::vector<std::string> files{"--vectors", folder.file("without/items.weight.npy"), "--ids",
                                       folder.file("without/items.json")};
  const json first = import_json(folder.file("new.db"), files);
  EXPECT_EQ(first["changed"], true);
  EXPECT_EQ(first["vectors"], 60);
  EXPECT_EQ(first["dimensions"], 16);
  EXPECT_EQ(first["added"], 60);
  EXPECT_EQ(first["items"], 60);
  EXPECT_EQ(first["items_in_log"], 0);
  EXPECT_EQ(import_json(folder.file("new.db"), files)["changed"], false);

  const json world = import_json(db, files);
  EXPECT_EQ(world["items"], 60) << "the ids are the world's";
  EXPECT_EQ(world["covered"], world["items_in_log"]);
  EXPECT_EQ(trained_vectors(db, ",attributes=none", folder.file("none")), without);
  EXPECT_NE(trained_vectors(db, ",attributes=neighbours", folder.file("with")), without);
  const ProgramRun list = infodiet({"recommend", "--db", db, "--user", "reader-1"});
  EXPECT_EQ(list.exit_code, 0) << list.err;
  const ProgramRun cold = infodiet({"evaluate", "--db", db, "--cold", "0.3", "--json"});
  ASSERT_EQ(cold.exit_code, 0) << cold.err;
  EXPECT_EQ(json::parse(cold.out)["models"].back()["name"], "imported vectors");
}

TEST(ImportCommand, SaysWhatItUnderstoodOfVectors) {
  const TemporaryFolder folder;
  const std::string db = folder.file("w.db");
  const std::string array = std::string("\x93NUMPY\x01\0", 8) + std::string("\x40\0", 2);
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  header.resize(0x40, ' ');
  const std::string vectors = folder.write("v.npy", array + header + std::string(24, '\0'));
  const std::string ids = folder.write("v.txt", "x\nz\n");
  const std::string log = folder.write("log.csv", "user,item,time\nann,x,1700000000\nann,y,1700000060\n");
  ASSERT_EQ(infodiet({"import", log, "--db", db}).exit_code, 0);
  const std::vector<std::string> command{"import", "--db", db, "--vectors", vectors, "--ids", ids};
  std::vector<std::string> dry = command;
  dry.emplace_back("--dry-run");
  EXPECT_THAT(infodiet(dry).out, HasSubstr("nothing was stored (--dry-run)"));
  EXPECT_THAT(infodiet(command).out, HasSubstr("vectors       2 items of 3 dimensions\n"
                                               "              2 added\n"
                                               "covered       1 of 2 items of the log\n"
                                               "              1 item with a vector is not in the log\n"
                                               "now in file   1 user, 3 items\n"));
  EXPECT_THAT(infodiet(command).out, HasSubstr("nothing changed: imported before"));
  EXPECT_THAT(infodiet({"info", "--db", db}).out,
              HasSubstr("features      0 items with attributes, 2 items with a vector\n"));

  EXPECT_EQ(infodiet({"import", "--db", db, "--vectors", vectors}).exit_code, 2);
  EXPECT_EQ(infodiet({"import", "--db", db, "--ids", ids}).exit_code, 2);
  EXPECT_EQ(infodiet({"import", log, "--db", db, "--vectors", vectors, "--ids", ids}).exit_code, 2);
  EXPECT_EQ(infodiet({"import", "--db", db, "--vectors", vectors, "--ids", log}).exit_code, 3);
  const ProgramRun none = infodiet({"import", "--db", folder.file("no.db"), "--vectors", ids, "--ids", ids});
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(folder.file("no.db")));
  EXPECT_THAT(infodiet({"import", vectors, "--db", db}).err, HasSubstr("infodiet import --vectors"));
}

TEST(ImportCommand, ReportsInWords) {
  const TemporaryFolder folder;
  const std::string file = folder.write("log.csv", "user,item,time\nann,x,1\nbob,y\nann,y,2\nann,y,2\n");
  const std::vector<std::string> command{"import", file, "--db", folder.file("w.db")};
  const ProgramRun run = infodiet(command);
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("log.csv (csv: commas, a header)\n"));
  EXPECT_THAT(run.out, HasSubstr("time        time: numbers that are an order only"));
  EXPECT_THAT(run.out, HasSubstr("interactions  2 accepted, 1 rejected, 1 duplicates\n"));
  EXPECT_THAT(run.out, HasSubstr("1 user, 2 items\n"));
  EXPECT_THAT(run.err, HasSubstr("log.csv:3: "));
  EXPECT_THAT(run.err, HasSubstr("import_rejects"));
  EXPECT_EQ(counts(folder.file("w.db")).import_rejects, 1);
  const ProgramRun again = infodiet(command);
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("nothing changed\n"));
  EXPECT_THAT(again.out, HasSubstr("log.csv: imported before"));
}

TEST(ImportCommand, ReadsStandardInput) {
  const TemporaryFolder folder;
  const json report = import_json(folder.file("w.db"), {"-", "--format", "sequence"}, "ann a b c\nbob b d\n");
  EXPECT_EQ(report["accepted"], 5);
  EXPECT_EQ(report["files"][0]["format"], "sequence");
}

TEST(ImportCommand, PassesItsOptionsOn) {
  const TemporaryFolder folder;
  const std::string file = folder.write("odd.tsv", "who\twhat\tscore\nann\ta\t5\nann\tb\t1\nbob\tb\t4.5\n");
  const std::vector<std::string> columns{"--columns", "user=who,item=what,rating=score"};
  const json rated = import_json(folder.file("a.db"), {file, columns[0], columns[1], "--min-rating", "4.5"});
  EXPECT_EQ(rated["accepted"], 2);
  EXPECT_EQ(rated["below_min_rating"], 1);
  const std::string broken = folder.write("broken.csv", "user,item,time\nann,a,1\nann,b,x\nann,c,y\n");
  EXPECT_EQ(import_json(folder.file("b.db"), {broken, "--max-errors", "2"})["rejected"], 2);
  const ProgramRun strict = infodiet({"import", broken, "--db", folder.file("c.db"), "--max-errors", "1"});
  EXPECT_EQ(strict.exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(folder.file("c.db"))) << "a database appears with what is in it, or not at all";
}

TEST(ImportCommand, MakesADatabaseThatOnlyItsOwnerReads) {
  const TemporaryFolder folder;
  const std::string path = folder.file("w.db");
  folder.write("w.db.0123abcd.part", "left by one that was killed");
  folder.write("w.db.0123abcd.part-wal", "and its log");
  ASSERT_EQ(infodiet({"import", folder.write("a.csv", "user,item\nu,i\n"), "--db", path}).exit_code, 0);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(counts(path).interactions, 1);
  EXPECT_FALSE(std::filesystem::exists(path + ".0123abcd.part"));
  EXPECT_FALSE(std::filesystem::exists(path + ".0123abcd.part-wal"));
}

TEST(ImportCommand, RefusesWithAdvice) {
  const TemporaryFolder folder;
  const std::string db = folder.file("w.db");
  const auto refusal = [&](std::vector<std::string> arguments, int exit_code) {
    arguments.insert(arguments.begin(), {"import", "--db", db});
    const ProgramRun run = infodiet(arguments);
    EXPECT_EQ(run.exit_code, exit_code) << run.err;
    EXPECT_EQ(run.out, "");
    return run.err;
  };
  EXPECT_THAT(refusal({}, 2), HasSubstr("PATH... is missing"));
  EXPECT_THAT(refusal({folder.file("no.csv")}, 3), HasSubstr("no.csv"));
  EXPECT_FALSE(std::filesystem::exists(db)) << "a path mistyped makes no database";
  EXPECT_THAT(refusal({folder.write("empty.csv", "")}, 3), HasSubstr("empty.csv"));
  EXPECT_THAT(refusal({folder.write("binary", std::string("\0\1\2\3", 4))}, 3), HasSubstr("binary"));
  EXPECT_THAT(refusal({"x", "--format", "cvs"}, 2), HasSubstr("did you mean 'csv'?"));
  EXPECT_THAT(refusal({"x", "--columns", "usr=a"}, 2), HasSubstr("did you mean 'user'?"));
  EXPECT_THAT(refusal({"x", "--columns", "user"}, 2), HasSubstr("expected role=name"));
  EXPECT_THAT(refusal({"x", "--columns", "user=a,user=b"}, 2), HasSubstr("more than once"));
  EXPECT_THAT(refusal({"x", "--min-rating", "nan"}, 2), HasSubstr("--min-rating: expected a number"));
  EXPECT_THAT(refusal({"x", "--max-errors", "-1"}, 2), HasSubstr("--max-errors: expected a whole number from 0"));
}

TEST(ImportCommand, KnowsEveryFormatItsHelpNames) {
  for (const char* name : {"auto", "csv", "movielens", "recbole", "sequence", "pairs", "jsonl"}) {
    EXPECT_TRUE(recsys::import_format_named(name).has_value()) << name;
    EXPECT_THAT(infodiet({"import", "--help"}).out, HasSubstr(name));
  }
}

// A file large enough to be stopped in its middle, by signals that come later each time until one comes too late.
class ImportCommandStopped : public testing::TestWithParam<int> {};

TEST_P(ImportCommandStopped, StoresAllOrNothing) {
  constexpr int rows = 50'000;
  const TemporaryFolder folder;
  std::ostringstream text;
  text << "user,item,time\n";
  for (int row = 0; row < rows; ++row) text << 'u' << row % 5000 << ",i" << row % 977 << ',' << row << '\n';
  const std::string file = folder.write("large.csv", text.str());
  const std::string path = folder.file("w.db");
  int exit_code = -1;
  for (int milliseconds = 5; exit_code != 0; milliseconds *= 2) {
    SCOPED_TRACE(milliseconds);
    exit_code = infodiet({"import", file, "--db", path},
                         {.signal_after = std::chrono::milliseconds(milliseconds), .signal = GetParam()})
                    .exit_code;
    ASSERT_TRUE(exit_code == 0 || exit_code == 128 + GetParam()) << exit_code;
    if (!std::filesystem::exists(path)) continue;
    ASSERT_GT(std::filesystem::file_size(path), 0U);
    const recsys::Database db(path, recsys::OpenMode::create);
    recsys::Statement check = db.prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check.step());
    EXPECT_EQ(check.text(0), "ok");
    // Stopped after the commit but before its end, it has stored everything all the same.
    const std::int64_t stored = recsys::count_contents(db).interactions;
    EXPECT_EQ(stored, rows);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.file(""))) {
    EXPECT_NE(entry.path().extension(), ".part") << "the last has removed what the others left";
  }
}

INSTANTIATE_TEST_SUITE_P(Signals, ImportCommandStopped, testing::Values(SIGINT, SIGKILL));

}  // namespace
}  // namespace infodiet::test
