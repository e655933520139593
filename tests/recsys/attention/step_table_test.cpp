#include "recsys/attention/step_table.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace infodiet::recsys {
namespace {

constexpr AttentionConfig table_model{.width = 4, .blocks = 1, .heads = 1, .ffn_width = 4, .max_length = 4};

TEST(NumberSet, KnowsThePlaceOfEachNumber) {
  NumberSet set(200);
  const std::vector<std::uint32_t> first{199, 3, 64, 3};
  const std::vector<std::uint32_t> second{63, 0};
  set.add(first);
  set.add(second);
  set.sort();
  EXPECT_EQ(set.numbers(), (std::vector<std::uint32_t>{0, 3, 63, 64, 199}));
  for (std::uint32_t position = 0; position < 5; ++position)
    EXPECT_EQ(set.position_of(set.numbers()[position]), position);
  set.clear();
  set.add(second);
  set.sort();
  EXPECT_EQ(set.numbers(), (std::vector<std::uint32_t>{0, 63}));
  set.clear();
  set.sort();
  EXPECT_TRUE(set.numbers().empty());
}

TEST(StepTable, HasTheRowsThatAreNamedAndGivesTheirGradientBack) {
  engine::ThreadPool pool(2);
  TrainingState state(pool, engine::alone(), table_model, {}, 100);
  StepTable table(pool, engine::alone(), state);
  std::vector<std::uint32_t> tokens{70, 5, 70};
  std::vector<std::uint32_t> negatives{99};
  const std::vector<std::span<std::uint32_t>> named{tokens, negatives};
  table.read(0, named);
  ASSERT_EQ(table.rows().rows, 3U);
  EXPECT_EQ(tokens, (std::vector<std::uint32_t>{1, 0, 1}));
  EXPECT_EQ(negatives, (std::vector<std::uint32_t>{2}));
  for (std::size_t d = 0; d < table_model.width; ++d) {
    EXPECT_EQ(table.rows().row(1)[d], state.weights().items(70, d));
    table.gradient()(2, d) = 7;
  }
  table.finish(0);
  for (std::size_t item = 0; item < 100; ++item) EXPECT_EQ(table.own_gradient()(item, 1), item == 99 ? 7 : 0);
}

TEST(StepTable, IsTheWholeTableWhereTheBatchNamesAsMany) {
  engine::ThreadPool pool(1);
  TrainingState state(pool, engine::alone(), table_model, {}, 5);
  StepTable table(pool, engine::alone(), state);
  std::vector<std::uint32_t> tokens{4, 4, 4, 4, 4};
  const std::vector<std::span<std::uint32_t>> named{tokens};
  table.read(0, named);
  EXPECT_EQ(table.rows().data, state.weights().items.data()) << "without a copy";
  EXPECT_EQ(tokens.front(), 4U);
}

// A loss over the whole catalogue adds to own rows, then the batch's items to the rows that it names.
TEST(StepTable, AddsTheBatchsGradientToThatOfOwnRows) {
  engine::ThreadPool pool(1);
  TrainingState state(pool, engine::alone(), table_model, {}, 50);
  StepTable table(pool, engine::alone(), state);
  std::vector<std::uint32_t> tokens{30, 2};
  table.read_with_own(0, tokens);
  ASSERT_EQ(table.own_rows().rows, 50U);
  table.own_gradient()(30, 1) = 4;
  table.own_gradient()(7, 1) = 5;
  table.take_own_gradient();
  table.gradient()(tokens[0], 1) += 2;
  table.finish(0);
  for (std::size_t item = 0; item < 50; ++item) {
    EXPECT_EQ(table.own_gradient()(item, 1), item == 30 ? 6 : item == 7 ? 5 : 0) << item;
  }
}

}  // namespace
}  // namespace infodiet::recsys
