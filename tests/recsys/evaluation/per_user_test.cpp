#include "recsys/evaluation/per_user.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "engine/errors.hpp"
#include "tests/support/table_recommender.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

TEST(PerUser, WritesARowForEveryTarget) {
  const std::vector<ItemIndex> seen{2};
  const std::vector<ItemIndex> first{1, 1};
  const std::vector<ItemIndex> second{0, 3};
  const std::vector<EvaluationCase> cases{{.user = 0, .history = {}, .targets = first},
                                          {.user = 4, .history = {.items = seen, .times = {}}, .targets = second}};
  engine::ThreadPool pool(1);
  const std::vector<RankedCases> models{
      rank_cases(test::TableRecommender({{4, 3, 2, 1}, {4, 3, 2, 1}}, "falling"), cases, 0, pool),
      rank_cases(test::TableRecommender({{1, 2, 3, 4}, {1, 2, 3, 4}}, "rising"), cases, 0, pool)};
  const std::vector<MetricAtK> metrics{{Metric::mrr, 2}, {Metric::recall, 1}};
  const KeyNames keys{.user = [](std::size_t user) { return user == 0 ? "Ann, \"A\"" : "Bob"; },
                      .item = [](ItemIndex item) { return std::string(1, static_cast<char>('a' + item)); }};
  const test::TemporaryFolder folder;
  write_per_user(folder.file("users.csv"), cases, models, {metrics}, keys);
  std::ifstream file(folder.file("users.csv"));
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}),
            "model,user,target,rank,history,targets,mrr@2,recall@1\n"
            "\"falling\",\"Ann, \"\"A\"\"\",\"b\",2,0,1,0.5,0\n"
            "\"falling\",\"Bob\",\"a\",1,1,2,1,0.5\n"
            "\"falling\",\"Bob\",\"d\",3,1,2,1,0.5\n"
            "\"rising\",\"Ann, \"\"A\"\"\",\"b\",3,0,1,0,0\n"
            "\"rising\",\"Bob\",\"d\",1,1,2,1,0.5\n"
            "\"rising\",\"Bob\",\"a\",3,1,2,1,0.5\n");

  EXPECT_THROW(write_per_user(folder.file("none/users.csv"), cases, models, {metrics}, keys), std::system_error);
  EXPECT_THROW(write_per_user(folder.file("u.csv"), {}, models, {metrics}, keys), ShapeError);
}

}  // namespace
}  // namespace infodiet::recsys
