// Training and ranking by several processes: the bits of one process, whatever is trained and wherever it is resumed.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/random.hpp"
#include "recsys/attention/blend_parts.hpp"
#include "recsys/attention/blended_model.hpp"
#include "recsys/attention/shared_ranks.hpp"
#include "recsys/attention/training.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "tests/recsys/attention/all_numbers.hpp"
#include "tests/recsys/attention/item_features.hpp"
#include "tests/recsys/attention/saved_training.hpp"
#include "tests/support/job_of_threads.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

engine::Orders orders() {
  engine::Orders all;
  help_training(all);
  help_ranking(all);
  return all;
}

// Histories of different lengths over a catalogue that no number of processes divides.
Dataset timed_walks(std::size_t users, std::size_t items) {
  engine::RandomStream stream(8, engine::Purpose::test);
  std::vector<std::vector<ItemIndex>> histories(users);
  std::vector<std::vector<std::int64_t>> times(users);
  std::vector<std::uint8_t> low;
  for (std::size_t user = 0; user < users; ++user) {
    std::uint64_t at = stream.below(items);
    const std::uint64_t length = 3 + stream.below(20);
    for (std::uint64_t i = 0; i < length; ++i) {
      at = (at + 1 + stream.below(3)) % items;
      histories[user].push_back(static_cast<ItemIndex>(at));
      times[user].push_back(static_cast<std::int64_t>(1000 * i + stream.below(1000)));
      low.push_back(stream.below(10) == 0 ? 1 : 0);
    }
  }
  Dataset data = test::small_dataset(histories, items, times);
  data.low = std::move(low);
  return data;
}

constexpr AttentionConfig job_model{
    .width = 12, .blocks = 1, .heads = 2, .ffn_width = 20, .max_length = 16, .dropout = 0.1, .attention_dropout = 0.1};
constexpr TrainingConfig job_training{.batch = 24,
                                      .attribute_dropout = 0,
                                      .learning_rate = 0.01,
                                      .max_grad_norm = 0.5,
                                      .warmup_steps = 2,
                                      .max_epochs = 2};
// The same with attributes, imported vectors and a moving average.
constexpr TrainingConfig sharing{.batch = 24,
                                 .attribute_dropout = 0.3,
                                 .learning_rate = 0.01,
                                 .ema = 0.9,
                                 .max_grad_norm = 0.5,
                                 .warmup_steps = 2,
                                 .max_epochs = 2};

struct Outcome {
  std::vector<float> weights;
  std::vector<double> figures;  // of each epoch, of a last model case by case, and of its blend

  bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(const TrainingRun& run, const AttentionConfig& config) {
  Outcome outcome{.weights = test::all_numbers(run.best()),
                  .figures = run.validate_each(AttentionModel(config, run.best()))};
  EXPECT_EQ(run.validate_each(Blend()), outcome.figures) << "whether or not the table is in one piece";
  for (const EpochResult& epoch : run.epochs()) {
    outcome.figures.insert(outcome.figures.end(), {epoch.loss, epoch.ndcg_at_10, epoch.hit_rate_at_10});
  }
  const BlendParts parts =
      make_blend_parts(run.training_data(), {}, test::kinds_of(run.training_data().catalogue_size()));
  if (const auto chosen = run.choose_blend({}, parts.models)) {
    for (const auto& [name, ndcg] : chosen->alone) outcome.figures.push_back(ndcg);
    for (const std::vector<double>& weights : chosen->blend.weights) {
      outcome.figures.insert(outcome.figures.end(), weights.begin(), weights.end());
    }
    outcome.figures.push_back(chosen->validation.ndcg_at_10);
  }
  return outcome;
}

void finish(TrainingRun& run) {
  while (!run.finished()) ASSERT_TRUE(run.run_epoch([](std::size_t, double) { return true; }));
}

Outcome train(const Dataset& data, const AttentionConfig& config, const TrainingConfig& training, std::size_t processes,
              std::size_t threads = 1) {
  Outcome outcome;
  test::JobOfThreads(processes).run(orders, [&](engine::Communicator& job) {
    engine::give_threads(job, threads);
    engine::ThreadPool pool(threads);
    TrainingRun run(pool, data, {}, config, training, {.processes = job});
    if (training.attribute_dropout > 0)
      run.learn_attributes(test::kinds_of(data.catalogue_size()), test::vectors_of(data.catalogue_size()));
    finish(run);
    outcome = outcome_of(run, config);
  });
  return outcome;
}

TEST(TrainingJob, HasTheBitsOfOneProcessWhateverTheLoss) {
  struct Kind {
    std::string name;
    AttentionConfig config;
    TrainingConfig training;
  };
  AttentionConfig cosines = job_model;
  cosines.temperature = 0.05;
  cosines.intervals = engine::Intervals::biased;
  TrainingConfig sampled = job_training;
  sampled.negatives = 19;
  TrainingConfig bce = job_training;
  bce.loss = Loss::gbce;
  bce.negatives = 5;
  TrainingConfig opposite = job_training;
  opposite.low_ratings = LowRatings::negatives;
  const Dataset data = timed_walks(70, 53);
  for (const Kind& kind : {Kind{"full", job_model, job_training},
                           {"cosines", cosines, job_training},
                           {"sampled", cosines, sampled},
                           {"gbce", job_model, bce},
                           {"opposite", job_model, opposite},
                           {"attributes and an average", cosines, sharing}}) {
    SCOPED_TRACE(kind.name);
    const Outcome one = train(data, kind.config, kind.training, 1);
    for (const std::size_t processes : {2U, 3U, 4U, 8U}) {
      EXPECT_EQ(train(data, kind.config, kind.training, processes), one) << processes << " processes";
    }
    EXPECT_EQ(train(data, kind.config, kind.training, 2, 3), one) << "with three threads each";
  }
}

// The bits of one step's rows must not depend on which process has them.
TEST(TrainingJob, HasTheBitsOfOneProcessWhereABatchNamesFewOfTheItems) {
  const Dataset data = timed_walks(30, 1201);
  const auto trained = [&](AttentionConfig config, TrainingConfig training, std::size_t processes) {
    training.batch = 8;
    std::vector<float> numbers;
    test::JobOfThreads(processes).run(orders, [&](engine::Communicator& job) {
      engine::ThreadPool pool(1);
      AttentionTrainer trainer(pool, data, config, training, job);
      if (training.attribute_dropout > 0)
        trainer.learn_attributes(test::kinds_of(data.catalogue_size()), test::vectors_of(data.catalogue_size()));
      for (std::size_t step = 0; step < trainer.steps_per_epoch(); ++step) trainer.step(step);
      trainer.end_epoch();
      numbers = test::all_numbers(trainer.model_weights());
      for (const auto& [which, values] : test::SavedTraining(trainer).items) {
        numbers.insert(numbers.end(), values.begin(), values.end());
      }
    });
    return numbers;
  };
  AttentionConfig cosines = job_model;
  cosines.temperature = 0.05;
  TrainingConfig bce = job_training;
  bce.loss = Loss::gbce;
  TrainingConfig sharing_few = sharing;
  sharing_few.negatives = 5;
  TrainingConfig few = job_training;
  few.negatives = 5;
  bce.negatives = 5;
  for (const auto& [config, training] : {std::pair(job_model, few),
                                         {cosines, few},
                                         {cosines, bce},
                                         {cosines, sharing_few},
                                         {cosines, sharing},
                                         {job_model, job_training}}) {
    const std::vector<float> one = trained(config, training, 1);
    for (const std::size_t processes : {2U, 4U, 8U, 11U}) {
      EXPECT_EQ(trained(config, training, processes), one) << processes << " processes";
    }
  }
}

TEST(TrainingJob, GoesOnWhereThereIsLittleToShare) {
  const Dataset data = timed_walks(9, 5);  // fewer items than eighths, one shard
  const Outcome one = train(data, job_model, job_training, 1);
  EXPECT_EQ(train(data, job_model, job_training, 8), one);
  EXPECT_EQ(train(data, job_model, job_training, 11), one) << "more processes than eighths";
  EXPECT_EQ(train(data, job_model, sharing, 11), train(data, job_model, sharing, 1)) << "with attributes";
}

TEST(TrainingJob, ResumesWithAnotherNumberOfProcesses) {
  const Dataset data = timed_walks(40, 23);
  for (const TrainingConfig& training : {job_training, sharing}) {
    SCOPED_TRACE(training.ema > 0 ? "with attributes and an average" : "without");
    const auto begin = [&](TrainingRun& run) {
      if (training.attribute_dropout > 0)
        run.learn_attributes(test::kinds_of(data.catalogue_size()), test::vectors_of(data.catalogue_size()));
    };
    const Outcome whole = train(data, job_model, training, 1);
    std::optional<test::SavedTraining> saved;
    std::vector<EpochResult> epochs;
    test::JobOfThreads(4).run(orders, [&](engine::Communicator& job) {
      engine::ThreadPool pool(1);
      TrainingRun run(pool, data, {}, job_model, training, {.processes = job});
      begin(run);
      ASSERT_TRUE(run.run_epoch([](std::size_t, double) { return true; }));
      saved.emplace(run);
      epochs = run.epochs();
    });
    for (const std::size_t processes : {1U, 2U}) {
      test::JobOfThreads(processes).run(orders, [&](engine::Communicator& job) {
        engine::ThreadPool pool(1);
        TrainingRun run(pool, data, {}, job_model, training, {.processes = job});
        begin(run);
        run.restore({.trainer = saved->state, .epochs = epochs}, saved->source());
        finish(run);
        EXPECT_EQ(outcome_of(run, job_model), whole) << processes << " processes";
      });
    }
  }
}

// Batches so large that a step runs them in rounds.
TEST(TrainingJob, RunsRoundsWithTheBitsOfOneProcess) {
  const Dataset data = timed_walks(900, 29);
  for (const std::size_t negatives : {0, 8}) {
    const TrainingConfig training{.batch = 800, .negatives = negatives, .learning_rate = 0.01, .max_epochs = 2};
    const Outcome alone = train(data, job_model, training, 1);
    for (const std::size_t processes : {2U, 3U, 8U}) {
      EXPECT_EQ(train(data, job_model, training, processes, 2), alone)
          << processes << " processes, " << negatives << " negatives";
    }
  }
}

// Bytes and messages of all processes in some steps, by kind, as tools/mpi/README.md has them.
using SentCounts = std::vector<engine::Communicator::Sent>;

// Batches of more shards than processes.
constexpr TrainingConfig large_batches{.batch = 128};

// With drawn negatives, from a catalogue of which a batch names few items.
constexpr TrainingConfig drawing{.batch = 128, .negatives = 16};

SentCounts sent_in_steps(const Dataset& data, const TrainingConfig& training, const SparseRows* attributes,
                         std::size_t processes, std::size_t steps) {
  test::JobOfThreads job(processes);
  job.run(orders, [&](engine::Communicator& first) {
    engine::ThreadPool pool(1);
    AttentionTrainer trainer(pool, data, job_model, training, first);
    if (attributes != nullptr) trainer.learn_attributes(*attributes);
    for (std::size_t step = 0; step < steps; ++step) trainer.step(step);
  });
  SentCounts counts;
  for (std::size_t kind = 0; kind < engine::traffic_names.size(); ++kind) {
    counts.push_back(job.sent(static_cast<engine::Traffic>(kind)));
  }
  return counts;
}

// What a step of the formula depends on.
struct StepSizes {
  std::size_t tokens;
  std::size_t sequences;
  std::size_t shards;
  std::size_t rows;        // of the item table that are read
  std::size_t negatives;   // 0: the whole catalogue
  std::size_t attributes;  // 0: none
};

SentCounts expected_of(const StepSizes& step, std::size_t processes) {
  const std::size_t p = processes;
  const std::size_t others = p - 1;
  const std::size_t pairs = p * others;
  const std::size_t network = AttentionNetwork<float>(job_model).layout().size();
  const std::size_t vectors = 4 * step.tokens * job_model.width;
  const bool draws = step.negatives > 0;
  SentCounts counts(engine::traffic_names.size());
  const auto expect = [&](engine::Traffic kind, std::size_t messages, std::size_t bytes) {
    counts[static_cast<std::size_t>(kind)] = {.messages = messages, .bytes = bytes};
  };
  expect(engine::Traffic::orders, others, 32 * others);
  expect(engine::Traffic::batches, (draws ? 10 : 8) * others,
         others * (20 * step.tokens + 8 * (step.sequences + 1) + 8 * (step.shards + 1) + 40 +
                   (draws ? 12 : 0) * step.negatives));
  expect(engine::Traffic::activations, (draws ? 6 : 3) * pairs,
         others * (draws ? 4 * vectors + 8 * step.tokens + 4 * step.negatives * job_model.width : 3 * vectors));
  expect(engine::Traffic::logits, pairs, others * (draws ? 4 * step.tokens * step.negatives / p : 96 * step.tokens));
  expect(engine::Traffic::gradients, (step.attributes > 0 ? 5 : 3) * pairs,
         others * (4 * network + 2 * 64 * 8 + 8 * step.attributes * job_model.width));
  expect(engine::Traffic::weights, 2 * pairs, 4 * others * (network + step.rows * job_model.width));
  return counts;
}

// The rows that a step reads from other processes, too: all of them where the batch names as many.
std::size_t rows_of(const Dataset& data, const TrainingConfig& training, const StepBatch& batch, std::size_t step) {
  std::set<ItemIndex> named(batch.tokens.begin(), batch.tokens.end());
  if (training.negatives == 0) {
    return batch.tokens.size() >= data.catalogue_size() ? data.catalogue_size() : named.size();
  }
  engine::ThreadPool pool(1);
  TrainingLoss loss(engine::alone(), data.catalogue_size(), &data, training);
  loss.draw(pool, static_cast<std::uint32_t>(step), batch.tokens.size());
  named.insert(batch.targets.begin(), batch.targets.end());
  named.insert(loss.negatives().begin(), loss.negatives().end());
  return named.size();
}

void expect_formula(std::size_t items, const TrainingConfig& training, const SparseRows* shared,
                    std::size_t attributes) {
  const Dataset data = timed_walks(300, items);
  TrainingExamples examples(data, job_model, training);
  const std::size_t steps = examples.steps_per_epoch() - 1;  // the last batch is small
  for (const std::size_t processes : {2U, 4U, 8U}) {
    const SentCounts before = sent_in_steps(data, training, shared, processes, 0);
    const SentCounts after = sent_in_steps(data, training, shared, processes, steps);
    SentCounts expected(before.size());
    for (std::size_t step = 0; step < steps; ++step) {
      StepBatch batch;
      examples.fill(0, step, batch);
      ASSERT_GE(batch.shards(), 8U);
      const SentCounts one = expected_of({.tokens = batch.tokens.size(),
                                          .sequences = batch.offsets.size() - 1,
                                          .shards = batch.shards(),
                                          .rows = rows_of(data, training, batch, step),
                                          .negatives = training.negatives,
                                          .attributes = attributes},
                                         processes);
      for (std::size_t kind = 0; kind < one.size(); ++kind) {
        expected[kind].messages += one[kind].messages;
        expected[kind].bytes += one[kind].bytes;
      }
    }
    for (std::size_t kind = 0; kind < expected.size(); ++kind) {
      SCOPED_TRACE(std::string(engine::traffic_names[kind]) + " of " + std::to_string(processes));
      EXPECT_EQ(after[kind].messages - before[kind].messages, expected[kind].messages);
      EXPECT_EQ(after[kind].bytes - before[kind].bytes, expected[kind].bytes);
    }
  }
}

// The items are cut evenly, and their loss fits into one tile.
TEST(TrainingJob, SendsWhatTheFormulaSays) {
  expect_formula(64, large_batches, nullptr, 0);
}

// Of the item table only the rows that the batch names, though the loss is over all.
TEST(TrainingJob, SendsWhatTheFormulaSaysOfACatalogueLargerThanTheBatch) {
  expect_formula(2048, large_batches, nullptr, 0);
}

TEST(TrainingJob, SendsWhatTheFormulaSaysOfAttributes) {
  const SparseRows kinds = test::kinds_of(64);
  expect_formula(64, large_batches, &kinds, 7);
}

TEST(TrainingJob, SendsWhatTheFormulaSaysOfDrawnNegatives) {
  expect_formula(8192, drawing, nullptr, 0);
}

TEST(TrainingJob, RanksByBaselinesAsOneProcessDoes) {
  const Dataset data = timed_walks(600, 23);  // more than a block of cases
  const std::vector<EvaluationCase> cases = validation_cases(data, {});
  for (const std::string_view name : baseline_names) {
    const std::unique_ptr<Recommender> model = make_baseline(name, data);
    engine::ThreadPool pool(1);
    const RankedCases alone = rank_cases(*model, cases, 5, pool, Repeats::allow);
    for (const std::size_t processes : {2U, 4U}) {
      SCOPED_TRACE(std::string(name) + " by " + std::to_string(processes));
      test::JobOfThreads(processes).run(orders, [&](engine::Communicator& job) {
        const RankedCases ranked = rank_cases_together(job, *model, cases, 5, pool, Repeats::allow);
        EXPECT_EQ(ranked.model, name);
        EXPECT_EQ(ranked.ranks, alone.ranks);
        EXPECT_TRUE(ranked.lists == alone.lists);
      });
    }
  }
}

// With vectors of length 1, some of them replaced, in a catalogue of more than a tile.
TEST(TrainingJob, RanksByAttentionAsOneProcessDoes) {
  AttentionConfig cosines = job_model;
  cosines.temperature = 0.05;
  for (const std::size_t items : {23U, 70001U}) {
    const Dataset data = timed_walks(items == 23U ? 2200 : 300, items);  // of 23, more than a round of cases
    TopicNumbers topics;
    for (std::size_t item = 0; item < items; ++item) topics.add(std::vector<std::string>{});
    ColdItems cold{.cold = std::vector<bool>(items), .topics = std::move(topics).finish()};
    for (std::size_t item = 0; item < items; item += 7) cold.cold[item] = true;
    const auto attention = std::make_shared<const AttentionModel>(cosines, initial_weights(cosines, items, 3), &cold);
    const std::vector<EvaluationCase> cases = judged_cases(validation_cases(data, {}), Repeats::forbid).cases;
    for (const Blend& blend : {Blend(), blend_with(make_baseline("markov", data), 0.3)}) {
      const BlendedModel model(attention, blend);
      engine::ThreadPool pool(2);
      const RankedCases alone = rank_cases(model, cases, 5, pool);
      for (const std::size_t processes : {2U, 3U, 8U, 11U}) {
        SCOPED_TRACE(std::to_string(processes) + " processes, " + std::to_string(items) + " items");
        test::JobOfThreads(processes).run(orders, [&](engine::Communicator& job) {
          const RankedCases ranked = rank_cases_together(job, model, cases, 5, pool, Repeats::forbid);
          EXPECT_EQ(ranked.model, "attention");
          EXPECT_EQ(ranked.targets, alone.targets);
          EXPECT_EQ(ranked.ranks, alone.ranks);
          EXPECT_TRUE(ranked.lists == alone.lists);
        });
      }
    }
  }
}

// Of the item table only the rows that histories name.
TEST(TrainingJob, ValidatesWithoutCollectingTheTable) {
  const Dataset data = timed_walks(20, 9001);
  const std::vector<EvaluationCase> cases = validation_cases(data, {});
  std::set<ItemIndex> named;
  for (const EvaluationCase& one : cases) {
    const History read = one.history.last(std::min(one.history.size(), job_model.max_length));
    named.insert(read.items.begin(), read.items.end());
  }
  for (const std::size_t processes : {2U, 4U}) {
    test::JobOfThreads job(processes);
    job.run(orders, [&](engine::Communicator& first) {
      engine::ThreadPool pool(1);
      AttentionTrainer trainer(pool, data, job_model, drawing, first);
      trainer.rank(ItemNumbers::model, cases, {.repeats = Repeats::allow});
    });
    // And of the blend, which is empty, the temperature and how many parts and lengths it has.
    EXPECT_EQ(job.sent(engine::Traffic::models).bytes,
              (processes - 1) *
                  (named.size() * job_model.width * sizeof(float) + sizeof(double) + 2 * sizeof(std::uint64_t)));
  }
}

TEST(TrainingJob, RanksByAllMembersAsOneProcessDoes) {
  const Dataset data = timed_walks(600, 23);
  const std::vector<EvaluationCase> cases = validation_cases(data, {});
  std::vector<std::shared_ptr<const AttentionModel>> members;
  for (const std::uint64_t seed : {1U, 2U}) {
    members.push_back(std::make_shared<const AttentionModel>(job_model, initial_weights(job_model, 23, seed)));
  }
  const BlendedModel model(members, {});
  engine::ThreadPool pool(1);
  const RankedCases alone = rank_cases(model, cases, 5, pool, Repeats::allow);
  EXPECT_NE(alone.ranks, rank_cases(*members.front(), cases, 5, pool, Repeats::allow).ranks);
  test::JobOfThreads(3).run(orders, [&](engine::Communicator& job) {
    const RankedCases ranked = rank_cases_together(job, model, cases, 5, pool, Repeats::allow);
    EXPECT_EQ(ranked.ranks, alone.ranks);
    EXPECT_TRUE(ranked.lists == alone.lists);
  });
}

TEST(TrainingJob, ReportsWhatAnotherProcessFindsDamaged) {
  const Dataset data = timed_walks(2000, 23);  // more than a block of cases
  AttentionWeights weights = initial_weights(job_model, data.catalogue_size(), 1);
  weights.items(7, 3) = std::numeric_limits<float>::quiet_NaN();
  const AttentionModel model(job_model, weights);
  test::JobOfThreads job(2);
  const auto rank = [&](engine::Communicator& processes) {
    engine::ThreadPool pool(1);
    rank_cases_together(processes, model, validation_cases(data, {}), 0, pool, Repeats::allow);
  };
  EXPECT_THROW(job.run(orders, rank), DamagedError);
}

TEST(TrainingJob, RefusesAStateOfAnotherModelWithoutEndingTheJob) {
  const Dataset data = timed_walks(20, 23);
  test::JobOfThreads(2).run(orders, [&](engine::Communicator& job) {
    engine::ThreadPool pool(1);
    AttentionTrainer trainer(pool, data, job_model, job_training, job);
    EXPECT_THROW(trainer.start_from(initial_weights(job_model, 24, 1)), ShapeError);
    EXPECT_TRUE(trainer.step(0).has_value());
  });
}

}  // namespace
}  // namespace infodiet::recsys
