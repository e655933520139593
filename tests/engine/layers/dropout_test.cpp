// Dropout's draws against Random123 itself, and what layers rely on: a draw depends on its coordinates only.
#include "engine/layers/dropout.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

// Column 64 g + 16 word + 8 half + lane of a row takes that half of that word of block (row, site, 8 g + lane).
std::uint32_t expected_draw(const kernels::DropoutDraw& draw, std::uint32_t row, std::uint32_t col) {
  const std::uint32_t block = col / 64 * 8 + col % 8;
  const std::uint32_t word = col % 64 / 16;
  const auto bits =
      r123::Philox4x32()({{row, (draw.site << 12) | block, draw.step, static_cast<std::uint32_t>(Purpose::dropout)}},
                         {{static_cast<std::uint32_t>(draw.seed), static_cast<std::uint32_t>(draw.seed >> 32)}});
  return col % 16 < 8 ? bits[word] & 0xFFFFU : bits[word] >> 16;
}

TEST(DropoutDraws, AreThoseOfRandom123) {
  const kernels::DropoutDraw draw{
      .seed = 0x123456789ABCDEFULL, .step = 7, .site = 0xFEDCB, .threshold = 20000, .scale = 1.25};
  constexpr std::size_t rows = 5;
  for (const kernels::InstructionSet set : kernels::instruction_sets()) {
    for (const auto& [cols, first_col] : std::vector<std::pair<std::size_t, std::uint32_t>>{
             {1, 0}, {7, 0}, {8, 64}, {63, 0}, {64, 128}, {65, 0}, {300, 512}}) {
      const std::vector<float> x(rows * cols, 4.0F);
      std::vector<float> y(x.size());
      kernels::table<float>(set).dropout(draw, {.first_row = 0xFFFFFFF0U, .row_step = 3, .first_col = first_col},
                                         {x.data(), rows, cols}, y.data());
      for (std::uint32_t r = 0; r < rows; ++r) {
        for (std::uint32_t c = 0; c < cols; ++c) {
          const bool kept = expected_draw(draw, 0xFFFFFFF0U + 3 * r, first_col + c) >= draw.threshold;
          EXPECT_EQ(y[r * cols + c], kept ? 5.0F : 0.0F) << "row " << r << ", column " << c;
        }
      }
    }
  }
}

TEST(DropoutDraws, AreTheSameForBothOfTwoMatrices) {
  const kernels::DropoutDraw draw{.seed = 5, .step = 7, .site = 3, .threshold = 20000, .scale = 1.25};
  for (const kernels::InstructionSet set : kernels::instruction_sets()) {
    for (const std::size_t cols : {std::size_t{3}, std::size_t{64}, std::size_t{130}}) {
      const auto x = test::random_matrix<double>(5, cols, 1);
      auto z = test::random_matrix<double>(5, cols, 2);
      Matrix<double> expected_x = x;
      Matrix<double> expected_z = z;
      Matrix<double> y = x;
      const auto& kernel = kernels::table<double>(set);
      kernel.dropout(draw, {}, {x.data(), 5, cols}, expected_x.data());
      kernel.dropout(draw, {}, {z.data(), 5, cols}, expected_z.data());
      kernel.dropout_both(draw, {}, {x.data(), 5, cols}, y.data(), z.data());
      EXPECT_EQ(y, expected_x);
      EXPECT_EQ(z, expected_z);
    }
  }
}

template <class T>
void expect_noted_draws(kernels::InstructionSet set, std::size_t cols) {
  SCOPED_TRACE(testing::Message() << cols << " columns of " << sizeof(T) << " bytes");
  const kernels::DropoutDraw draw{.seed = 5, .step = 7, .site = 3, .threshold = 20000, .scale = 1.25};
  constexpr std::size_t rows = 5;
  const auto& kernel = kernels::table<T>(set);
  const auto x = test::random_matrix<T>(rows, cols, 1);
  const auto added = test::random_matrix<T>(rows, cols, 2);
  auto dropped = x;
  kernel.dropout(draw, {}, {x.data(), rows, cols}, dropped.data());
  DropoutBits bits(rows * kernels::dropout_bytes(cols));
  auto alone = x;
  kernel.dropout_noting(draw, {}, {alone.data(), rows, cols}, nullptr, bits.data());
  EXPECT_EQ(alone, dropped);
  auto summed = x;
  kernel.dropout_noting(draw, {}, {summed.data(), rows, cols}, added.data(), bits.data());
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(summed.data()[i], added.data()[i] + dropped.data()[i]);
  auto again = x;
  kernel.dropout_noted(bits.data(), draw.scale, {x.data(), rows, cols}, again.data());
  EXPECT_EQ(again, dropped);
}

TEST(DropoutDraws, AreNotedForTheWayBack) {
  for (const kernels::InstructionSet set : kernels::instruction_sets()) {
    for (const std::size_t cols : {1, 3, 8, 17, 50, 64, 130}) {
      expect_noted_draws<float>(set, cols);
      expect_noted_draws<double>(set, cols);
    }
  }
}

TEST(Dropout, RefusesBitsOfAnotherPass) {
  ParameterLayout layout;
  const Dropout dropout(layout, 0.5);
  const Pass pass{.mode = Mode::train, .seed = 3};
  auto x = test::random_matrix<float>(4, 20, 1);
  DropoutBits bits;
  dropout.forward<float>(pass, nullptr, x, bits);
  auto longer = test::random_matrix<float>(5, 20, 1);
  EXPECT_THROW(dropout.backward(pass, bits, longer, longer), ShapeError);
}

TEST(Dropout, KeepsItsShareAndItsMean) {
  ParameterLayout layout;
  const Dropout dropout(layout, 0.25);
  auto x = test::random_matrix<double>(400, 100, 1, 0);
  std::fill(x.begin(), x.end(), 1.0);
  DropoutBits bits;
  dropout.forward<double>({.mode = Mode::train, .seed = 1}, nullptr, x, bits);
  double sum = 0;
  double dropped = 0;
  for (const double value : x) {
    sum += value;
    dropped += value == 0 ? 1 : 0;
  }
  const double n = static_cast<double>(x.size());
  EXPECT_NEAR(dropped / n, 0.25, 4 * std::sqrt(0.25 * 0.75 / n));
  EXPECT_NEAR(sum / n, 1.0, 4 * std::sqrt(0.25 / 0.75 / n));
}

TEST(Dropout, DoesNothingWhenEvaluating) {
  ParameterLayout layout;
  const Dropout dropout(layout, 0.5);
  auto x = test::random_matrix<float>(3, 5, 1);
  const auto before = x;
  DropoutBits bits;
  dropout.forward<float>({}, nullptr, x, bits);
  EXPECT_EQ(x, before);
}

TEST(Dropout, DoesNotDependOnHowABatchIsCut) {
  ParameterLayout layout;
  const Dropout dropout(layout, 0.5);
  const Pass whole{.mode = Mode::train, .seed = 3, .step = 9};
  auto all = test::random_matrix<float>(6, 20, 1);
  Matrix<float> tail;
  tail.resize({2, 20});
  std::copy(all.begin() + 80, all.end(), tail.begin());
  DropoutBits bits;
  dropout.forward<float>(whole, nullptr, all, bits);
  Pass part = whole;
  part.first_token = 4;
  dropout.forward<float>(part, nullptr, tail, bits);
  EXPECT_TRUE(std::equal(tail.begin(), tail.end(), all.begin() + 80));
}

TEST(Dropout, DiffersBetweenPositionsAndSteps) {
  ParameterLayout layout;
  const Dropout one(layout, 0.5);
  const Dropout other(layout, 0.5);
  const auto draw = [](const Dropout& dropout, std::uint32_t step) {
    auto x = test::random_matrix<float>(4, 64, 1);
    DropoutBits bits;
    dropout.forward<float>({.mode = Mode::train, .seed = 3, .step = step}, nullptr, x, bits);
    return x;
  };
  EXPECT_EQ(draw(one, 1), draw(one, 1));
  EXPECT_NE(draw(one, 1), draw(other, 1));
  EXPECT_NE(draw(one, 1), draw(one, 2));
}

TEST(Dropout, RefusesRatesThatAreNotShares) {
  ParameterLayout layout;
  for (const double rate : {-0.1, 1.0, 20.0, std::nan("")}) EXPECT_THROW(Dropout(layout, rate), Error) << rate;
}

}  // namespace
}  // namespace infodiet::engine
