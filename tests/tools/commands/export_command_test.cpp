#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/io/npy.hpp"
#include "engine/io/safetensors.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tests/support/read_file.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

ProgramRun export_to(std::vector<std::string> arguments, const std::string& db = TrainedWorld::get().path()) {
  arguments.insert(arguments.begin(), {"export", "--db", db});
  ProgramRun run = infodiet(arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return run;
}

// What is in a file or in all files of a folder.
std::string all_bytes(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return read_file(path);
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(path)) files.push_back(file.path().string());
  std::sort(files.begin(), files.end());
  std::string bytes;
  for (const std::string& file : files) bytes += std::filesystem::path(file).filename().string() + read_file(file);
  return bytes;
}

TEST(ExportCommand, RefusesTwoOutputsOfOneName) {
  const std::string path = TrainedWorld::get().copy("apart.db");
  const TemporaryFolder folder;
  const std::string name = folder.file("out.csv");
  const ProgramRun run =
      infodiet({"export", "--db", path, "--recommendations", name, "--npy", folder.file("./out.csv")});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("is written by --npy already"));
  EXPECT_FALSE(std::filesystem::exists(name));
}

TEST(ExportCommand, GivesEveryTensorAndTheIdsOfTheRows) {
  const TemporaryFolder folder;
  export_to({"--safetensors", folder.file("m.safetensors"), "--npy", folder.file("m")});
  const recsys::Database db(TrainedWorld::get().path(), recsys::OpenMode::read_only);
  const auto model = recsys::load_attention_model(db, recsys::load_catalogue(db));
  const recsys::AttentionWeights& weights = model->attention().weights();

  const engine::SafetensorsFile file(folder.file("m.safetensors"));
  const auto network = engine::named_tensors(model->attention().network().layout(), weights.network);
  ASSERT_EQ(file.entries().size(), network.size() + 1);
  const json ids = json::parse(file.metadata().at("items"));
  std::vector<std::string> keys;
  for (const recsys::Item& item : recsys::list_items(db)) keys.push_back(item.key);
  EXPECT_EQ(ids, json(keys));
  EXPECT_EQ(file.metadata().at("configuration"), recsys::to_json(model->attention().config()));

  engine::Buffer<float> items(weights.items.size());
  const std::vector<engine::NamedTensor<float>> into{
      {"items.weight", {keys.size(), model->attention().config().width}, {items.data(), items.size()}}};
  file.read<float>(into);
  EXPECT_TRUE(std::equal(items.begin(), items.end(), weights.items.data()));

  const auto npy = engine::read_npy<float>(folder.file("m/items.weight.npy"));
  EXPECT_EQ(npy.shape, into[0].shape);
  EXPECT_TRUE(std::equal(npy.values.begin(), npy.values.end(), weights.items.data()));
  for (const auto& tensor : network) {
    const auto values = engine::read_npy<float>(folder.file("m/" + tensor.name + ".npy")).values;
    EXPECT_TRUE(std::equal(values.begin(), values.end(), tensor.values.begin(), tensor.values.end())) << tensor.name;
  }
  EXPECT_EQ(json::parse(read_file(folder.file("m/items.json"))), ids);
}

TEST(ExportCommand, EqualModelsGiveEqualBytesForAnyNumberOfThreads) {
  const TemporaryFolder folder;
  const std::string one = folder.file("one.db");
  const std::string other = folder.file("elsewhere.db");
  for (const auto& [db, threads] : {std::pair(one, "1"), std::pair(other, "2")}) {
    ASSERT_EQ(infodiet({"sample", "--db", db, "--users", "70", "--items", "60"}).exit_code, 0);
    ASSERT_EQ(infodiet({"train", "--db", db, "--set", quick_model, "--epochs", "2", "--threads", threads, "--quiet"})
                  .exit_code,
              0);
    ASSERT_EQ(infodiet({"simulate", "--db", db, "--environment", "exploration", "--policy", "random,greedy", "--users",
                        "20", "--threads", threads})
                  .exit_code,
              0);
    export_to({"--safetensors", db + ".safetensors", "--npy", db + ".npy", "--recommendations", db + ".csv", "--runs",
               db + ".runs.csv", "--threads", threads},
              db);
    export_to({"--recommendations", db + ".jsonl", "--threads", threads}, db);
  }
  for (const std::string kind : {".safetensors", ".npy", ".csv", ".jsonl", ".runs.csv"}) {
    const std::string bytes = all_bytes(one + kind);
    EXPECT_GT(bytes.size(), 100U);
    std::string others = all_bytes(other + kind);
    // The command of a run says where it was made.
    for (std::size_t at = 0; (at = others.find(other, at)) != std::string::npos;) others.replace(at, other.size(), one);
    EXPECT_TRUE(bytes == others) << kind;
  }
}

TEST(ExportCommand, ListsWhatRecommendLists) {
  const TemporaryFolder folder;
  const std::string path = folder.file("lists.jsonl");
  export_to({"--recommendations", path, "-k", "4"});
  export_to({"--recommendations", folder.file("lists.csv"), "-k", "4"});
  const std::vector<std::string> people = lines_of(path);
  ASSERT_EQ(people.size(), 60U);
  std::string as_csv = "user,rank,item,score,model\n";
  for (std::size_t person = 0; person < people.size(); ++person) {
    const json lists = json::parse(people[person]);
    const std::string user = lists["user"];
    ASSERT_EQ(lists["items"].size(), 4U);
    for (const json& pick : lists["items"]) {
      as_csv += fmt::format("\"{}\",{},\"{}\",{},\"attention\"\n", user, pick["rank"].get<int>(),
                            pick["item"].get<std::string>(), pick["score"].get<float>());
    }
    if (person % 10 != 0) continue;
    const ProgramRun alone =
        infodiet({"recommend", "--db", TrainedWorld::get().path(), "--user", user, "-k", "4", "--json"});
    const json expected = json::parse(alone.out);
    EXPECT_EQ(lists["model"], expected["model"]);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(lists["items"][i]["rank"], i + 1);
      EXPECT_EQ(lists["items"][i]["item"], expected["items"][i]["item"]);
      EXPECT_NEAR(lists["items"][i]["score"], expected["items"][i]["score"].get<double>(), 1e-4);
    }
  }
  EXPECT_EQ(read_file(folder.file("lists.csv")), as_csv);
}

TEST(ExportCommand, GivesThoseWithoutAHistoryThePopularItemsAndSaysSo) {
  const TemporaryFolder folder;
  const std::string db_path = TrainedWorld::get().copy("newcomer.db");
  {
    recsys::Database db(db_path, recsys::OpenMode::read_write);
    db.execute("INSERT INTO users (key) VALUES ('new, \"one\"')");
  }
  export_to({"--recommendations", folder.file("l.csv"), "-k", "2"}, db_path);
  const std::vector<std::string> lines = lines_of(folder.file("l.csv"));
  ASSERT_EQ(lines.size(), 1 + 61 * 2U);
  EXPECT_THAT(lines.back(), testing::StartsWith("\"new, \"\"one\"\"\",2,\"article-"));
  EXPECT_THAT(lines.back(), testing::EndsWith(",\"popularity\""));
}

TEST(ExportCommand, GivesRunsPolicyByPolicy) {
  const TemporaryFolder folder;
  const std::string db = TrainedWorld::get().copy("runs.db");
  const ProgramRun empty = export_to({"--runs", folder.file("none.csv")}, db);
  EXPECT_THAT(empty.err, HasSubstr("infodiet simulate"));
  EXPECT_EQ(lines_of(folder.file("none.csv")).size(), 1U);

  const ProgramRun simulated = infodiet({"simulate", "--db", db, "--environment", "exploration", "--policy",
                                         "random,optimum", "--users", "20", "--seed", "7", "--json"});
  ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
  const ProgramRun swept = infodiet({"simulate", "--db", db, "--environment", "catalogue", "--policy", "mmr", "--sweep",
                                     "diversity=0:1:1", "--users", "5", "--set", "candidates=20,steps=8"});
  ASSERT_EQ(swept.exit_code, 0) << swept.err;
  export_to({"--runs", folder.file("runs.csv")}, db);
  const std::vector<std::string> lines = lines_of(folder.file("runs.csv"));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_THAT(lines[0], testing::StartsWith("run,environment,seed,command,reward,policy,setting,return,return_stderr,"
                                            "percent_of_optimum,percent_stderr,"));
  const json optimum = json::parse(simulated.out)["policies"][1];
  EXPECT_THAT(lines[2], testing::StartsWith("1,\"exploration\",7,\"infodiet simulate --environment exploration"));
  EXPECT_THAT(lines[2], HasSubstr(fmt::format("\"optimum\",,{},{},{},", optimum["return"].get<double>(),
                                              optimum["return_stderr"].get<double>(),
                                              optimum["percent_of_optimum"].get<double>())));
  EXPECT_THAT(lines[4], HasSubstr("\"mmr\",1,"));
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  EXPECT_GT(commas(lines[0]), 20);
}

TEST(ExportCommand, ReplacesAnEarlierExportAndLeavesNothingBeside) {
  const TemporaryFolder folder;
  folder.write("m/items.json", "old");
  folder.write("m/mine.txt", "kept");
  export_to({"--npy", folder.file("m")});
  EXPECT_TRUE(json::parse(read_file(folder.file("m/items.json"))).is_array());
  EXPECT_EQ(read_file(folder.file("m/mine.txt")), "kept");
  for (const auto& entry : std::filesystem::directory_iterator(folder.file("m"))) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("."));
  }
}

TEST(ExportCommand, SaysWhatItWroteAndRefusesWhatMakesNoSense) {
  const TemporaryFolder folder;
  const std::string file = folder.file("lists.csv");
  const json result = json::parse(export_to({"--recommendations", file, "-k", "1", "--json"}).out);
  EXPECT_EQ(result["path"], file);
  EXPECT_EQ(result["written"][0]["picks"], 60);

  const auto fails = [](std::vector<std::string> arguments, int code, const std::string& saying) {
    arguments.insert(arguments.begin(), "export");
    if (std::find(arguments.begin(), arguments.end(), "--db") == arguments.end()) {
      arguments.insert(arguments.end(), {"--db", TrainedWorld::get().path()});
    }
    const ProgramRun run = infodiet(arguments);
    EXPECT_EQ(run.exit_code, code) << run.err;
    EXPECT_THAT(run.err, HasSubstr(saying));
    EXPECT_EQ(run.out, "");
  };
  fails({}, 2, "--safetensors FILE");
  fails({"--recommendations", folder.file("lists.txt")}, 2, ".csv or .jsonl");
  fails({"--safetensors", folder.file("x"), "-k", "3"}, 2, "--recommendations");
  fails({"--safetensors", folder.file("none/x")}, 1, "none/x");
  fails({"--npy", file}, 1, file);
  fails({"--runs", folder.file("none/x.csv")}, 1, "none/x.csv");
  const std::string untrained = folder.file("untrained.db");
  ASSERT_EQ(infodiet({"sample", "--db", untrained, "--users", "5", "--items", "60"}).exit_code, 0);
  fails({"--safetensors", folder.file("x"), "--db", untrained}, 1, "infodiet train");
  fails({"--recommendations", folder.file("x.csv"), "--db", untrained}, 1, "infodiet train");
  EXPECT_FALSE(std::filesystem::exists(folder.file("x")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("x.csv")));
}

}  // namespace
}  // namespace infodiet::test
