// Positions and times in attention: which distances and intervals share a bias, what rotation does, and that no
// prediction sees the time of its target.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/attention/interval_bias.hpp"
#include "engine/attention/relative_bias.hpp"
#include "engine/attention/rotary.hpp"
#include "engine/errors.hpp"
#include "engine/transformer/transformer.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

TEST(DistanceBuckets, AreExactNearbyAndGeometricFarOff) {
  const DistanceBuckets buckets{.count = 8, .longest = 64};
  for (std::size_t d = 0; d < 4; ++d) EXPECT_EQ(buckets.of(d), d);
  // 4 buckets from 4 to 64: each twice as long as the one before.
  const std::vector<std::pair<std::size_t, std::size_t>> expected{{4, 4},  {7, 4},  {8, 5},  {15, 5}, {17, 6},
                                                                  {31, 6}, {33, 7}, {63, 7}, {64, 7}, {100000, 7}};
  for (const auto& [distance, bucket] : expected) EXPECT_EQ(buckets.of(distance), bucket) << distance;
  const DistanceBuckets exact{.count = 100, .longest = 50};
  for (std::size_t d = 0; d < 100; ++d) EXPECT_EQ(exact.of(d), d);
  EXPECT_EQ(exact.of(100), 99U);
  EXPECT_EQ((DistanceBuckets{.count = 1, .longest = 10}.of(7)), 0U);
  ParameterLayout layout;
  EXPECT_THROW(RelativeBias<float>(layout, "none", {}), Error);
}

// A table whose biases are their own indices shows the bucket of every pair.
template <class Layer, class... Options>
Parameters<double> numbered(ParameterLayout& layout, const Layer&) {
  Parameters<double> parameters(layout);
  const ParameterInfo& entry = layout.entries().back();
  for (std::size_t h = 0; h < entry.handle.rows; ++h) {
    for (std::size_t i = 0; i < entry.handle.cols; ++i) {
      parameters.matrix(entry.handle).row(h)[i] = static_cast<double>(1000 * h + i);
    }
  }
  return parameters;
}

Matrix<double> scores_of(const ScoreTerm<double>& term, std::size_t length) {
  Matrix<double> scores;
  scores.resize({length, length});
  std::fill(scores.begin(), scores.end(), 0.0);
  Workspace<double> workspace;
  term.require(length, length);
  term.add({.query = 0, .queries = length, .key = 0, .keys = length}, scores, workspace);
  return scores;
}

TEST(RelativeBias, DependsOnTheDistanceOnly) {
  const DistanceBuckets buckets{.count = 8, .longest = 64};
  const std::vector<std::size_t> offsets = test::offsets_of({30, 80});
  for (const Mask mask : {Mask::causal, Mask::none}) {
    ParameterLayout layout;
    const RelativeBias<double> bias(layout, "bias", {.heads = 2, .buckets = buckets, .mask = mask});
    const auto parameters = numbered(layout, bias);
    RelativeBias<double>::ByOffset by_offset;
    bias.forward(parameters, Ragged(offsets), by_offset);
    for (const std::size_t length : {30, 80}) {
      for (std::size_t h = 0; h < 2; ++h) {
        const auto scores = scores_of(RelativeBias<double>::Term(by_offset, h, nullptr), length);
        for (std::size_t i = 0; i < length; ++i) {
          for (std::size_t j = 0; j <= i; ++j) EXPECT_EQ(scores(i, j), 1000.0 * h + buckets.of(i - j));
          for (std::size_t j = i + 1; mask == Mask::none && j < length; ++j) {
            EXPECT_EQ(scores(i, j), 1000.0 * h + 8 + buckets.of(j - i));
          }
        }
      }
    }
    EXPECT_THROW(RelativeBias<double>::Term(by_offset, 0, nullptr).require(81, 81), ShapeError);
  }
}

TEST(IntervalBias, HasTwoBucketsToAnOctaveOfSeconds) {
  ParameterLayout layout;
  const IntervalBias<double> bias(layout, "bias", 2);
  const auto parameters = numbered(layout, bias);
  constexpr std::int64_t week = 604800;
  const std::vector<std::int64_t> times{5, 5, 6, 7, 8, 5 + week, 5 + (std::int64_t{1} << 40), -1000};
  const std::vector<std::size_t> offsets{0, times.size()};
  IntervalBias<double>::Cache cache;
  bias.forward(parameters, Ragged(offsets, times), cache);
  const auto scores =
      scores_of(IntervalBias<double>::Term(cache, Ragged(offsets, times), {.head = 1}, nullptr), times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    for (std::size_t j = 0; j < times.size(); ++j) {
      EXPECT_EQ(scores(i, j), scores(j, i));
      if (i == 6 || j == 6) continue;
      const double x = 1.0 + std::abs(static_cast<double>(times[i] - times[j]));
      const double octave = std::floor(std::log2(x));
      EXPECT_EQ(scores(i, j), 1000 + 2 * octave + (x >= 1.5 * std::exp2(octave) ? 1 : 0)) << times[i] - times[j];
    }
  }
  EXPECT_EQ(scores(6, 0), 1000 + 61);  // 68 years and longer are the same
}

TEST(IntervalBias, NeedsTimes) {
  ParameterLayout layout;
  const IntervalBias<double> bias(layout, "block.interval", 1);
  const std::vector<std::size_t> offsets{0, 3};
  IntervalBias<double>::Cache cache;
  try {
    bias.forward(Parameters<double>(layout), Ragged(offsets), cache);
    FAIL() << "nothing was thrown";
  } catch (const ShapeError& error) {
    EXPECT_NE(std::string(error.what()).find("block.interval: the number of times is 0 but must be 3"),
              std::string::npos)
        << error.what();
  }
}

// The prediction after position i may know the times of inputs up to i. Neither the time of the target, which is that
// of input i + 1, nor any later one may change it by a bit.
TEST(IntervalBias, NeverSeesTheTimeOfTheTarget) {
  for (const BlockKind kind : {BlockKind::pre_norm, BlockKind::gated, BlockKind::hstu}) {
    ParameterLayout layout;
    const Transformer<float> stack(layout, "stack",
                                   {.width = 8,
                                    .blocks = 2,
                                    .heads = 2,
                                    .ffn_width = 16,
                                    .kind = kind,
                                    .positions = {.relative = {.count = 8}, .intervals = Intervals::biased}});
    const auto parameters = test::random_parameters<float>(layout, 1);
    const std::vector<std::size_t> offsets{0, 80};
    std::vector<std::int64_t> times(80);
    for (std::size_t t = 0; t < 80; ++t) times[t] = static_cast<std::int64_t>(1000 + 37 * t * t);
    const auto x = test::random_matrix<float>(80, 8, 1);
    const auto run = [&] {
      Transformer<float>::Cache cache;
      Workspace<float> workspace;
      Matrix<float> y;
      stack.input(cache) = x;
      stack.forward({parameters, workspace}, Ragged(offsets, times), cache, y);
      return y;
    };
    const auto before = run();
    for (const std::size_t predicted : {1, 40, 79}) {
      const auto kept = times;
      for (std::size_t t = predicted; t < 80; ++t) times[t] += 1000000;
      const auto after = run();
      EXPECT_TRUE(
          std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(8 * predicted), after.begin()));
      EXPECT_NE(before, after);
      times = kept;
    }
  }
}

TEST(Rotary, MakesProductsDependOnTheDistance) {
  const std::vector<std::size_t> offsets{0, 20};
  const Rotary<double> rotary("rotary", 20, 6);
  const auto q = test::random_matrix<double>(1, 6, 1);
  const auto k = test::random_matrix<double>(1, 6, 2);
  Matrix<double> queries;
  Matrix<double> keys;
  queries.resize({20, 6});
  keys.resize({20, 6});
  for (std::size_t t = 0; t < 20; ++t) {
    std::copy(q.begin(), q.end(), &queries(t, 0));
    std::copy(k.begin(), k.end(), &keys(t, 0));
  }
  rotary.forward(Ragged(offsets), queries);
  rotary.forward(Ragged(offsets), keys);
  const auto product = [&](std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t d = 0; d < 6; ++d) sum += queries(i, d) * keys(j, d);
    return sum;
  };
  for (std::size_t distance = 0; distance < 19; ++distance) {
    EXPECT_NEAR(product(distance, 0), product(19, 19 - distance), 1e-12);
    EXPECT_GT(std::abs(product(distance, 0) - product(distance + 1, 0)), 1e-3);
  }
}

TEST(Rotary, RefusesWhatItCannotTurn) {
  EXPECT_THROW(Rotary<float>("odd", 10, 3), ShapeError);
  const Rotary<float> rotary("short", 4, 2);
  const std::vector<std::size_t> offsets{0, 5};
  auto x = test::random_matrix<float>(5, 4, 1);
  EXPECT_THROW(rotary.forward(Ragged(offsets), x), ShapeError);
  auto narrow = test::random_matrix<float>(5, 3, 1);
  EXPECT_THROW(rotary.forward(Ragged(offsets), narrow), ShapeError);
}

}  // namespace
}  // namespace infodiet::engine
