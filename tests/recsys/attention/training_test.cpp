#include "recsys/attention/training.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <numeric>

#include "engine/random.hpp"
#include "recsys/attention/blend_parts.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "tests/recsys/attention/all_numbers.hpp"
#include "tests/recsys/attention/saved_training.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

// Everybody follows the same circle of items, each from another start: the last item determines the next.
Dataset circle(std::size_t users, std::size_t items, std::size_t length) {
  engine::RandomStream stream(8, engine::Purpose::test);
  std::vector<std::vector<ItemIndex>> histories(users);
  for (std::vector<ItemIndex>& history : histories) {
    const std::uint64_t start = stream.below(items);
    for (std::size_t i = 0; i < length; ++i) history.push_back(static_cast<ItemIndex>((start + i) % items));
  }
  return test::small_dataset(histories, items);
}

constexpr AttentionConfig circle_model{
    .width = 16, .blocks = 1, .heads = 2, .ffn_width = 32, .max_length = 8, .dropout = 0.1, .attention_dropout = 0.1};
constexpr TrainingConfig circle_training{
    .batch = 16, .learning_rate = 0.01, .warmup_steps = 10, .max_epochs = 30, .patience = 30};

bool go_on(std::size_t, double) {
  return true;
}

static_assert(!std::is_copy_constructible_v<TrainingRun> && !std::is_copy_assignable_v<TrainingRun>);
static_assert(!std::is_copy_constructible_v<AttentionTrainer> && !std::is_copy_assignable_v<AttentionTrainer>);

TEST(AttentionTraining, LearnsWhatFollowsFromTheHistory) {
  const Dataset data = circle(60, 20, 10);
  engine::ThreadPool pool(2);
  TrainingRun run(pool, data, {}, circle_model, circle_training);
  while (!run.finished()) ASSERT_TRUE(run.run_epoch(go_on));
  const AttentionModel model(circle_model, run.best());
  const RankedCases ranked = rank_cases(model, test_cases(data, {}), 0, pool);
  EXPECT_GT(mean(metric_per_case(Metric::hit_rate, ranked, 1)), 0.9);
  EXPECT_LT(run.epochs().back().loss, run.epochs().front().loss / 3);
}

// Odd items are low for everybody, although each follows from the one before it.
TEST(AttentionTraining, LearnsLessOrTheOppositeOfWhatIsRatedLow) {
  Dataset data = circle(60, 20, 10);
  for (const ItemIndex item : data.items) data.low.push_back(item % 2);
  const auto trained = [&](LowRatings how) {
    engine::ThreadPool pool(1);
    TrainingConfig training = circle_training;
    training.max_epochs = 8;
    training.low_ratings = how;
    TrainingRun run(pool, data, {}, circle_model, training);
    while (!run.finished()) EXPECT_TRUE(run.run_epoch(go_on));
    return run.trainer().weights();
  };
  // The mean logarithm of the probability of the low item that follows.
  const auto belief = [&](const AttentionWeights& weights) {
    const AttentionModel model(circle_model, weights);
    std::vector<float> scores(20);
    double sum = 0;
    for (ItemIndex last = 0; last < 20; last += 2) {
      const std::vector<ItemIndex> items = {(last + 18) % 20, (last + 19) % 20, last};
      const History history{items, {}};
      model.score({&history, 1}, {scores.data(), 1, scores.size()});
      double all = 0;
      for (const float score : scores) all += std::exp(static_cast<double>(score));
      sum += static_cast<double>(scores[last + 1]) - std::log(all);
    }
    return sum / 10;
  };
  const AttentionWeights same = trained(LowRatings::same);
  const double less = belief(trained(LowRatings::less));
  const double ignored = belief(trained(LowRatings::ignored));
  EXPECT_GT(belief(same), ignored + 1);
  EXPECT_GT(less, ignored + 0.5);
  EXPECT_LT(belief(trained(LowRatings::negatives)), ignored);
  data.low.clear();
  EXPECT_EQ(test::all_numbers(trained(LowRatings::negatives)), test::all_numbers(same))
      << "where nothing is low, nothing changes";
}

TEST(AttentionTraining, StopsWithinAStep) {
  const Dataset data = circle(600, 20, 10);
  engine::ThreadPool pool(2);
  TrainingConfig one_step = circle_training;
  one_step.batch = 600;
  TrainingRun run(pool, data, {}, circle_model, one_step);
  ASSERT_EQ(run.steps_per_epoch(), 1U);
  std::atomic<int> asked{0};
  std::size_t steps = 0;
  const auto count = [&](std::size_t, double) {
    ++steps;
    return true;
  };
  EXPECT_FALSE(run.run_epoch(count, [&] { return ++asked == 5; }));
  EXPECT_EQ(steps, 0U);
  EXPECT_LT(asked, 10);
  EXPECT_TRUE(run.epochs().empty());
}

// Tiles of 4 million logits: with 40,000 items 104 positions each.
TEST(AttentionTraining, StopsWithinTheLossOverAFullCatalogue) {
  Dataset data = circle(60, 20, 10);
  data.item_ids.resize(40000);
  std::iota(data.item_ids.begin(), data.item_ids.end(), 1);
  engine::ThreadPool pool(1);
  TrainingConfig one_step = circle_training;
  one_step.batch = 60;
  AttentionConfig tiny = circle_model;
  tiny.width = 2;
  tiny.ffn_width = 2;
  tiny.heads = 1;
  TrainingRun run(pool, data, {}, tiny, one_step);
  int asked = 0;
  run.run_epoch(go_on, [&] {
    ++asked;
    return false;
  });
  const int of_shards = 2 * 4;
  ASSERT_GT(asked, of_shards + 3) << "a step asks between the tiles of its loss";
  TrainingRun stopped(pool, data, {}, tiny, one_step);
  int left = 6;
  EXPECT_FALSE(stopped.run_epoch(go_on, [&] { return --left <= 0; }));
  EXPECT_EQ(left, 0) << "nobody asks again";
}

TEST(AttentionTraining, RefusesSettingsThatTakeMoreMemoryThanThereIs) {
  const Dataset data = circle(60, 20, 10);
  engine::ThreadPool pool(1);
  AttentionConfig huge = circle_model;
  huge.width = 100000;
  huge.blocks = 64;
  try {
    TrainingRun(pool, data, {}, huge, circle_training);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    // 64 blocks of 4 * 10^10 + 2 * 10^5 * 32 weights, held 37 times.
    EXPECT_NE(std::string(error.what()).find("needs about 352"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("GiB"), std::string::npos) << error.what();
  }
}

TEST(AttentionTraining, GivesTheSameBitsForAnyNumberOfThreads) {
  const Dataset data = circle(200, 30, 12);
  std::vector<float> first;
  for (const std::size_t threads : {1, 2, 3}) {
    engine::ThreadPool pool(threads);
    TrainingRun run(pool, data, {}, circle_model, {.batch = 150, .seed = 5});
    for (int epoch = 0; epoch < 3; ++epoch) run.run_epoch(go_on);
    const std::vector<float> numbers = test::all_numbers(run.trainer().weights());
    if (first.empty()) first = numbers;
    EXPECT_EQ(numbers, first) << threads << " threads";
  }
}

// As many histories from each item: twice as many people have the same mean loss and gradient, in two rounds.
TEST(AttentionTraining, RunsALargeBatchInRounds) {
  AttentionConfig config = circle_model;
  config.dropout = config.attention_dropout = 0;
  const auto after_a_step = [&](std::size_t people, std::size_t rounds, std::size_t threads) {
    std::vector<std::vector<ItemIndex>> histories(people);
    for (std::size_t user = 0; user < people; ++user) {
      for (std::size_t i = 0; i < 17; ++i) histories[user].push_back(static_cast<ItemIndex>((user + i) % 19));
    }
    const Dataset data = test::small_dataset(histories, 19);
    engine::ThreadPool pool(threads);
    const TrainingConfig training{.batch = 4000, .learning_rate = 0.01, .warmup_steps = 0};
    TrainingRun run(pool, data, {}, config, training);
    EXPECT_EQ(ShardPlan::of(training).rounds(run.positions_per_epoch()), rounds);
    EXPECT_TRUE(run.run_epoch(go_on));
    std::vector<float> numbers = test::all_numbers(run.trainer().weights());
    numbers.push_back(static_cast<float>(run.epochs().front().loss));
    return numbers;
  };
  const std::vector<float> once = after_a_step(285, 1, 1);
  const std::vector<float> twice = after_a_step(2 * 285, 2, 1);
  for (std::size_t i = 0; i < once.size(); ++i) ASSERT_NEAR(twice[i], once[i], 1e-4) << i;
  EXPECT_EQ(after_a_step(2 * 285, 2, 3), twice) << "the same bits for any number of threads";
}

TEST(TrainingExamples, CutALargeBatchIntoEvenShards) {
  std::vector<std::vector<ItemIndex>> histories(700);
  for (std::size_t user = 0; user < histories.size(); ++user) histories[user].assign(2 + user % 40, 3);
  const Dataset data = test::small_dataset(histories, 5);
  AttentionConfig config = circle_model;
  config.max_length = 30;
  TrainingExamples examples(data, config, {.batch = 2000});
  StepBatch batch;
  examples.fill(0, 0, batch);
  ASSERT_EQ(batch.shards(), 4U * 16U);
  EXPECT_EQ(batch.tokens.size(), examples.positions_per_epoch());
  std::size_t least = batch.tokens.size();
  std::size_t most = 0;
  for (std::size_t s = 0; s < batch.shards(); ++s) {
    const std::size_t tokens = batch.first_token(s + 1) - batch.first_token(s);
    least = std::min(least, tokens);
    most = std::max(most, tokens);
  }
  EXPECT_LE(most - least, 5U) << "longest first leaves short ones to even out";
}

TEST(TrainingExamples, SpreadFewLongHistoriesOverRounds) {
  const Dataset data = circle(8, 9, 1001);
  AttentionConfig config = circle_model;
  config.max_length = 1000;
  const TrainingConfig training{.batch = 8};
  TrainingExamples examples(data, config, training);
  StepBatch batch;
  examples.fill(0, 0, batch);
  ASSERT_EQ(batch.shards(), 2U * 16U);
  EXPECT_EQ(batch.first_token(16), 4000U);
  EXPECT_EQ(batch.first_token(32), 8000U);
  engine::ThreadPool pool(2);
  TrainingRun run(pool, data, {}, config, training);
  EXPECT_TRUE(run.run_epoch(go_on)) << "with shards of nothing";
}

TEST(AttentionTraining, LearnsWithEverythingOn) {
  Dataset data = circle(60, 40, 30);  // longer than max_length: cut into windows
  for (std::size_t i = 0; i < data.items.size(); ++i) data.times.push_back(static_cast<std::int64_t>(i % 30) * 3600);
  AttentionConfig config = circle_model;
  config.block = engine::BlockKind::gated;
  config.relative_buckets = 8;
  config.intervals = engine::Intervals::biased;
  config.temperature = 0.1;
  TrainingConfig training = circle_training;
  training.lr_schedule = engine::LrSchedule::cosine;
  for (const std::size_t negatives : {0, 12}) {
    training.negatives = negatives;
    std::vector<float> first;
    for (const std::size_t threads : {1, 2}) {
      engine::ThreadPool pool(threads);
      TrainingRun run(pool, data, {}, config, training);
      EXPECT_EQ(run.positions_per_epoch(), 60U * 27U) << "every interaction but the first and the held-out two";
      while (!run.finished()) ASSERT_TRUE(run.run_epoch(go_on));
      const AttentionModel model(config, run.best());
      const RankedCases ranked = rank_cases(model, test_cases(data, {}), 0, pool);
      EXPECT_GT(mean(metric_per_case(Metric::hit_rate, ranked, 1)), 0.9) << negatives << " negatives";
      const std::vector<float> numbers = test::all_numbers(run.best());
      if (first.empty()) first = numbers;
      EXPECT_EQ(numbers, first) << "the same bits for any number of threads";
    }
  }
}

TEST(AttentionTraining, LearnsWithBinaryLosses) {
  const Dataset data = circle(60, 20, 10);
  for (const Loss loss : {Loss::bce, Loss::gbce}) {
    TrainingConfig training = circle_training;
    training.loss = loss;
    training.negatives = 4;
    std::vector<float> first;
    for (const std::size_t threads : {1, 2}) {
      engine::ThreadPool pool(threads);
      TrainingRun run(pool, data, {}, circle_model, training);
      while (!run.finished()) ASSERT_TRUE(run.run_epoch(go_on));
      const RankedCases ranked = rank_cases(AttentionModel(circle_model, run.best()), test_cases(data, {}), 0, pool);
      EXPECT_GT(mean(metric_per_case(Metric::hit_rate, ranked, 1)), 0.9);
      const std::vector<float> numbers = test::all_numbers(run.best());
      if (first.empty()) first = numbers;
      EXPECT_EQ(numbers, first) << "the same bits for any number of threads";
    }
    training.negatives = 0;
    engine::ThreadPool pool(1);
    EXPECT_THROW(TrainingRun(pool, data, {}, circle_model, training), DataError);
  }
}

TEST(AttentionTraining, ScoresWithTheAverageOfItsWeights) {
  const Dataset data = circle(60, 20, 10);
  engine::ThreadPool pool(2);
  TrainingConfig averaged = circle_training;
  averaged.ema = 0.6;
  AttentionTrainer trainer(pool, data, circle_model, averaged);
  AttentionTrainer plain(pool, data, circle_model, circle_training);
  std::vector<float> average;
  for (std::size_t step = 0; step < 4; ++step) {
    trainer.step(step);
    plain.step(step);
    const std::vector<float> now = test::all_numbers(plain.weights());
    EXPECT_EQ(test::all_numbers(trainer.weights()), now) << "it learns as without";
    const double steps = static_cast<double>(step) + 1;
    const auto kept = static_cast<float>(std::min(0.6, (1 + steps) / (10 + steps)));
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (step == 0) average.push_back(now[i]);
      average[i] = kept * average[i] + (1 - kept) * now[i];
    }
  }
  const std::vector<float> scored = test::all_numbers(trainer.model_weights());
  for (std::size_t i = 0; i < scored.size(); ++i) ASSERT_NEAR(scored[i], average[i], 1e-6F);
  EXPECT_EQ(test::all_numbers(plain.model_weights()), test::all_numbers(plain.weights()));
}

TEST(AttentionTraining, ChoosesTheBlendThatValidatesBest) {
  const Dataset data = circle(60, 20, 10);
  engine::ThreadPool pool(2);
  TrainingRun run(pool, data, {}, circle_model, circle_training);
  ASSERT_TRUE(run.run_epoch(go_on));  // one epoch teaches little; neighbours know the circle
  SparseRows no_attributes;
  no_attributes.offsets.resize(data.catalogue_size() + 1, 0);
  const BlendParts parts = make_blend_parts(run.training_data(), circle_training, no_attributes);
  EXPECT_EQ(parts.models.size(), 4U);
  EXPECT_EQ(parts.without, "");
  const std::optional<TrainingRun::ChosenBlend> chosen = run.choose_blend({}, parts.models);
  ASSERT_TRUE(chosen);
  EXPECT_FALSE(chosen->blend.parts.empty());
  EXPECT_GT(chosen->validation.ndcg_at_10, run.epochs().back().ndcg_at_10);
  ASSERT_EQ(chosen->alone.size(), 5U);
  for (const auto& [name, ndcg] : chosen->alone) EXPECT_GE(chosen->validation.ndcg_at_10, ndcg) << name;

  const BlendParts none = make_blend_parts(
      run.training_data(), {.neighbours = Part::none, .linear = Part::none, .markov = Part::none, .recent = Part::none},
      no_attributes);
  EXPECT_TRUE(none.models.empty());
  EXPECT_TRUE(run.choose_blend({}, none.models)->blend.parts.empty());
}

TEST(AttentionTraining, GoesOnFromAStateAsIfNeverInterrupted) {
  const Dataset data = circle(40, 20, 10);
  engine::ThreadPool pool(2);
  TrainingRun whole(pool, data, {}, circle_model, circle_training);
  TrainingRun first(pool, data, {}, circle_model, circle_training);
  for (int epoch = 0; epoch < 4; ++epoch) whole.run_epoch(go_on);
  for (int epoch = 0; epoch < 2; ++epoch) first.run_epoch(go_on);

  TrainingRun second(pool, data, {}, circle_model, circle_training);
  second.run_epoch(go_on);  // interrupted work must not matter
  const test::SavedTraining saved(first);
  second.restore({.trainer = saved.state, .epochs = first.epochs()}, saved.source());
  for (int epoch = 0; epoch < 2; ++epoch) second.run_epoch(go_on);
  EXPECT_EQ(test::all_numbers(second.trainer().weights()), test::all_numbers(whole.trainer().weights()));
  EXPECT_EQ(test::all_numbers(second.best()), test::all_numbers(whole.best()));
  EXPECT_EQ(second.best_epoch(), whole.best_epoch());
}

TEST(AttentionTraining, KeepsTheBestEpochAndStopsWhenValidationHasStoppedImproving) {
  const Dataset data = circle(40, 20, 10);
  engine::ThreadPool pool(1);
  TrainingConfig training = circle_training;
  training.max_epochs = 200;
  training.patience = 3;
  TrainingRun run(pool, data, {}, circle_model, training);
  std::vector<float> best;
  double best_ndcg = -1;
  while (!run.finished()) {
    run.run_epoch(go_on);
    if (run.epochs().back().ndcg_at_10 > best_ndcg) {
      best_ndcg = run.epochs().back().ndcg_at_10;
      best = test::all_numbers(run.trainer().weights());
    }
  }
  EXPECT_LT(run.epochs().size(), 200U);
  EXPECT_EQ(run.epochs().size(), run.best_epoch() + 3);
  EXPECT_EQ(test::all_numbers(run.best()), best);
}

TEST(AttentionTraining, NeverComesToLessThanItStartedFrom) {
  const Dataset data = circle(100, 20, 10);
  engine::ThreadPool pool(1);
  constexpr Holdout holdout{.kind = HoldoutKind::last};
  TrainingRun first(pool, data, holdout, circle_model, circle_training);
  for (int epoch = 0; epoch < 8; ++epoch) first.run_epoch(go_on);
  TrainingConfig wild = circle_training;
  wild.learning_rate = 3;
  wild.patience = 2;
  TrainingRun next(pool, data, holdout, circle_model, wild);
  next.start_from(first.best());
  ASSERT_TRUE(next.start());
  EXPECT_EQ(next.start()->ndcg_at_10, first.best_result().ndcg_at_10);
  EXPECT_TRUE(next.has_best());
  while (!next.finished()) next.run_epoch(go_on);
  EXPECT_EQ(next.epochs().size(), 2U);
  EXPECT_EQ(next.best_epoch(), 0U);
  EXPECT_EQ(test::all_numbers(next.best()), test::all_numbers(first.best()));
  EXPECT_EQ(next.best_result().ndcg_at_10, first.best_result().ndcg_at_10);
}

TEST(AttentionTraining, StopsInTheMiddleOfAnEpochWhenToldTo) {
  const Dataset data = circle(40, 20, 10);
  engine::ThreadPool pool(1);
  TrainingRun run(pool, data, {}, circle_model, circle_training);
  std::size_t steps = 0;
  EXPECT_FALSE(run.run_epoch([&](std::size_t, double) { return ++steps < 2; }));
  EXPECT_EQ(steps, 2U);
  EXPECT_TRUE(run.epochs().empty());
  EXPECT_EQ(run.best_epoch(), 0U);
}

TEST(AttentionTraining, RefusesDataWithNothingToLearnFrom) {
  const Dataset data = circle(5, 4, 1);
  engine::ThreadPool pool(1);
  EXPECT_THROW(TrainingRun(pool, data, {.kind = HoldoutKind::none}, circle_model, circle_training), DataError);
}

TEST(AttentionTraining, NeverLearnsFromWhatIsHeldOut) {
  // The last two of each history are changed: nothing trained may notice.
  Dataset data = circle(30, 20, 10);
  engine::ThreadPool pool(1);
  std::vector<std::vector<float>> trained;
  for (const bool change : {false, true}) {
    if (change) {
      for (std::size_t user = 0; user < data.users(); ++user) {
        data.items[data.offsets[user + 1] - 1] = 0;
        data.items[data.offsets[user + 1] - 2] = 0;
      }
    }
    TrainingRun run(pool, data, {}, circle_model, circle_training);
    for (int epoch = 0; epoch < 2; ++epoch) run.run_epoch(go_on);
    trained.push_back(test::all_numbers(run.trainer().weights()));
  }
  EXPECT_EQ(trained[0], trained[1]);
}

}  // namespace
}  // namespace infodiet::recsys
