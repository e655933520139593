#include "recsys/store/model_store.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "recsys/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using test::TemporaryFolder;

TEST(ModelStore, PublishesAndReadsBack) {
  const TemporaryFolder folder;
  Database db(folder.file("a.db"), OpenMode::create);
  std::vector<float> table(700'001);
  std::iota(table.begin(), table.end(), 0.5F);
  const std::vector<std::int64_t> counters{1, -2};
  const std::vector<TensorToStore> tensors{tensor_to_store<float>("table", {700'001, 1}, table),
                                           tensor_to_store<std::int64_t>("counters", {2}, counters),
                                           tensor_to_store<float>("nothing", {0, 4}, {})};
  publish_model(db, {.name = "attention", .seed = 0xffff'ffff'ffff'ffff}, tensors);
  publish_model(db, {.name = "attention", .seed = 0xffff'ffff'ffff'fffe}, tensors);
  const ModelReader reader(db, "attention");
  EXPECT_EQ(reader.record().seed, 0xffff'ffff'ffff'fffe);
  EXPECT_EQ(reader.read<float>("table"), table);
  EXPECT_EQ(reader.read<std::int64_t>("counters"), counters);
  EXPECT_TRUE(reader.read<float>("nothing").empty());
  EXPECT_EQ(reader.tensors().size(), 3U);
  EXPECT_EQ(list_models(db).size(), 2U);
  EXPECT_EQ(list_models(db).front().state, ModelState::retired);
  EXPECT_THROW(reader.read<double>("table"), DamagedError);
  EXPECT_THROW(reader.read<float>("absent"), DamagedError);
}

}  // namespace
}  // namespace infodiet::recsys
