// Gradients of losses against differences of their values.
#include <gtest/gtest.h>

#include "engine/losses/catalogue_cross_entropy.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

// Enough tokens for several tiles: a tile of 40,000 doubles-wide logits holds 48 tokens.
TEST(LossGradient, CatalogueCrossEntropyOverSeveralTiles) {
  for (const auto& [tokens, items] : {std::pair<std::size_t, std::size_t>{7, 13}, {61, 40000}, {1, 1}}) {
    SCOPED_TRACE(testing::Message() << tokens << " tokens, " << items << " items");
    auto hidden = test::random_matrix<double>(tokens, 3, 1);
    auto table = test::random_matrix<double>(items, 3, 2);
    RandomStream stream(5, Purpose::test);
    std::vector<std::uint32_t> targets(tokens);
    for (std::uint32_t& target : targets) target = static_cast<std::uint32_t>(stream.below(items));
    ThreadPool pool(2);
    CatalogueCrossEntropy<double> loss;
    Matrix<double> dhidden;
    Matrix<double> dtable;
    const auto value = [&] {
      dhidden.resize(hidden.shape());
      dtable.resize(table.shape());
      std::fill(dtable.begin(), dtable.end(), 0.0);
      return loss.forward_backward(pool, hidden, table, targets, dhidden, dtable);
    };
    value();
    const auto dh = dhidden;
    const auto dt = dtable;
    EXPECT_TRUE(test::gradients_match(
        {{"hidden", test::flat(hidden), test::flat(dh)}, {"table", test::flat(table), test::flat(dt)}}, value,
        {.probes = 10}));
  }
}

TEST(LossGradient, OfNoTokensIsZero) {
  Matrix<double> none;
  none.resize({0, 3});
  const auto table = test::random_matrix<double>(4, 3, 2);
  auto dtable = test::random_matrix<double>(4, 3, 3);
  const auto before = dtable;
  ThreadPool pool(1);
  EXPECT_EQ(CatalogueCrossEntropy<double>().forward_backward(pool, none, table, {}, none, dtable), 0);
  EXPECT_EQ(dtable, before);
}

}  // namespace
}  // namespace infodiet::engine
