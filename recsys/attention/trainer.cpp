#include "recsys/attention/trainer.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "engine/optim/schedule.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;

// What process 0 has the others do.
constexpr std::string_view begin_training = "begin training";
constexpr std::string_view do_step = "training step";
constexpr std::string_view take_attributes = "take attributes";
constexpr std::string_view take_weights = "take weights";
constexpr std::string_view put_numbers = "put numbers of items";
constexpr std::string_view give_rows = "give rows of items";
constexpr std::string_view give_moments = "give moments";
constexpr std::string_view keep_best_weights = "keep best weights";
constexpr std::string_view rank_cases_of = "rank by own rows";
constexpr std::string_view give_shares = "give shares of targets";
constexpr std::string_view end_training = "end training";

// Items' numbers are read and put this many rows at a time.
constexpr std::size_t rows_at_once = 4096;

// What the others need to know before the first step.
struct Setup {
  AttentionConfig config;
  TrainingConfig training;
  std::uint64_t catalogue;
};
static_assert(std::is_trivially_copyable_v<Setup>);

// Which of the items' numbers are put.
struct Piece {
  ItemNumbers which;
  std::uint64_t first;
  std::uint64_t size;
};

constexpr auto trainer_name = "attention trainer";
constexpr auto likely_cause = "are they another configuration's or catalogue's?";

// Every process calls these with process 0's arguments; the others' are replaced.
void put_together(engine::Communicator& processes, TrainingState& state, Piece piece, std::vector<float> values) {
  engine::broadcast_value(processes, Traffic::orders, piece);
  values.resize(piece.size);
  state.put_numbers(piece.which, piece.first, values);
}

void read_together(engine::Communicator& processes, const TrainingState& state, ItemNumbers which,
                   std::vector<std::uint32_t> rows, std::span<float> values) {
  engine::broadcast_value(processes, Traffic::orders, which);
  engine::broadcast_all(processes, Traffic::orders, rows);
  std::vector<float> of_others;
  if (!processes.is_first()) of_others.resize(rows.size() * state.weights().items.shape(1));
  state.gather_rows(which, rows, processes.is_first() ? values : std::span<float>(of_others));
}

// Calls work(job) with this process's part of a model.
template <class Work>
auto with_part(engine::Communicator& processes, engine::ThreadPool& pool, const TrainingStep& step, ItemNumbers which,
               Work work) {
  engine::broadcast_value(processes, Traffic::orders, which);
  engine::Matrix<float> scratch;
  ModelPart part(processes, {.config = step.config(),
                             .network = step.state().network_of(which),
                             .items = step.state().rows_of(which, scratch),
                             .catalogue = step.state().catalogue()});
  return work(PartJob{.processes = processes, .pool = pool, .part = part});
}

void require_fit(const TrainingState& state, const TrainingState::Small& given) {
  const std::size_t network = state.weights().network.flat().size();
  const auto require_moments = [&](const engine::AdamW<float>::State& moments, std::size_t size) {
    engine::require_size(moments.first.size(), size, trainer_name, "the number of first moments", likely_cause);
    engine::require_size(moments.second.size(), size, trainer_name, "the number of second moments", likely_cause);
  };
  engine::require_size(given.network.flat().size(), network, trainer_name, "the number of parameters", likely_cause);
  if (given.moments) require_moments(*given.moments, network);
  if (given.average) {
    engine::require_size(given.average->flat().size(), network, trainer_name, "the average's number of parameters",
                         likely_cause);
  }
  if (given.best) {
    engine::require_size(given.best->flat().size(), network, trainer_name, "the best's number of parameters",
                         likely_cause);
  }
  if (const AttributeVectors* attributes = state.attributes(); attributes != nullptr && given.moments) {
    engine::require_shape(given.attributes, attributes->vectors(), trainer_name, "the attribute vectors",
                          "are they another data set's?");
    require_moments(given.attribute_moments, attributes->vectors().size());
  }
}

}  // namespace

AttentionTrainer::AttentionTrainer(engine::ThreadPool& pool, const Dataset& data, const AttentionConfig& config,
                                   const TrainingConfig& training, engine::Communicator& processes)
    : pool_(pool),
      processes_(processes),
      training_(training),
      examples_(data, config, training),
      step_(pool, processes, config, training, data.catalogue_size(), &data) {
  if (processes.is_alone()) return;
  Setup setup{.config = config, .training = training, .catalogue = data.catalogue_size()};
  engine::together(processes, [&] {
    engine::give_order(processes, begin_training);
    engine::broadcast_value(processes, Traffic::orders, setup);
  });
}

AttentionTrainer::~AttentionTrainer() {
  engine::give_order(processes_, end_training);
}

double AttentionTrainer::learning_rate() const {
  const engine::Schedule schedule{.peak = training_.learning_rate,
                                  .warmup = training_.warmup_steps,
                                  .lr_schedule = training_.lr_schedule,
                                  .total = training_.max_epochs * steps_per_epoch()};
  return schedule.learning_rate(step_.state().steps() + 1);
}

std::optional<double> AttentionTrainer::step(std::size_t step_of_epoch, const Stop& stop) {
  examples_.fill(epochs_, step_of_epoch, step_.batch());
  return engine::together(processes_, [&] {
    engine::give_order(processes_, do_step);
    return step_.run(learning_rate(), stop);
  });
}

void AttentionTrainer::end_epoch() {
  ++epochs_;
  if (processes_.is_alone()) return;
  engine::together(processes_, [&] {
    engine::give_order(processes_, give_moments);
    gathered_ = step_.state().gather_network_moments();
  });
}

void AttentionTrainer::take(TrainingState::Small small) {
  require_fit(step_.state(), small);
  engine::together(processes_, [&] {
    engine::give_order(processes_, take_weights);
    step_.state().start_from(std::move(small));
  });
}

void AttentionTrainer::put(ItemNumbers which, std::size_t first, std::span<const float> values) {
  engine::together(processes_, [&] {
    engine::give_order(processes_, put_numbers);
    put_together(processes_, step_.state(), {.which = which, .first = first, .size = values.size()},
                 {values.begin(), values.end()});
  });
}

void AttentionTrainer::read_rows(ItemNumbers which, std::span<const std::uint32_t> rows,
                                 std::span<float> values) const {
  engine::together(processes_, [&] {
    engine::give_order(processes_, give_rows);
    read_together(processes_, step_.state(), which, {rows.begin(), rows.end()}, values);
  });
}

void AttentionTrainer::learn_attributes(const SparseRows& attributes, const engine::Matrix<float>& imported) {
  engine::require_size(attributes.offsets.size(), catalogue_size() + 1, trainer_name,
                       "the number of rows of attributes", "one for each item");
  if (imported.size() > 0) {
    engine::require_size(imported.shape(0), catalogue_size(), trainer_name, "the number of imported vectors",
                         "one for each item");
  }
  if (attributes.entries.empty() && imported.size() == 0) return;
  engine::together(processes_, [&] {
    engine::give_order(processes_, take_attributes);
    step_.state().learn_attributes(attributes, imported);
  });
}

AttentionWeights AttentionTrainer::gathered(ItemNumbers which, const engine::Parameters<float>& network) const {
  const std::size_t width = weights().items.shape(1);
  AttentionWeights all{.network = network, .items = {}};
  all.items.resize({catalogue_size(), width});
  std::vector<std::uint32_t> rows;
  for (std::size_t begin = 0; begin < catalogue_size(); begin += rows_at_once) {
    rows.resize(std::min(rows_at_once, catalogue_size() - begin));
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(begin));
    read_rows(which, rows, {all.items.data() + begin * width, rows.size() * width});
  }
  return all;
}

AttentionWeights AttentionTrainer::model_weights() const {
  const AttentionWeights& now = average() ? average()->weights : weights();
  if (!processes_.is_alone()) return gathered(ItemNumbers::model, now.network);
  if (attributes() == nullptr) return now;
  AttentionWeights all{.network = now.network, .items = {}};
  attributes()->apply(pool_, now.items, average() ? average()->attributes : attributes()->vectors(), all.items);
  return all;
}

void AttentionTrainer::keep_best() {
  engine::together(processes_, [&] {
    engine::give_order(processes_, keep_best_weights);
    step_.state().keep_best();
  });
}

RankedCases AttentionTrainer::rank(ItemNumbers which, std::span<const EvaluationCase> cases,
                                   const RankQuestion& question, const Blend* blend) const {
  const RankAnswer answer = engine::together(processes_, [&] {
    engine::give_order(processes_, rank_cases_of);
    return with_part(processes_, pool_, step_, which,
                     [&](const PartJob& job) { return rank_by_parts(job, blend, cases, question); });
  });
  return answer.checked();
}

std::vector<double> AttentionTrainer::target_shares(ItemNumbers which, std::span<const EvaluationCase> cases) const {
  return engine::together(processes_, [&] {
    engine::give_order(processes_, give_shares);
    return with_part(processes_, pool_, step_, which,
                     [&](const PartJob& job) { return target_shares_by_parts(job, cases); });
  });
}

AttentionWeights AttentionTrainer::best() const {
  return processes_.is_alone() ? *step_.state().best() : gathered(ItemNumbers::best, best_network());
}

void AttentionTrainer::start_from(AttentionWeights weights) {
  engine::require_size(weights.items.shape(0), catalogue_size(), trainer_name, "the number of item vectors",
                       likely_cause);
  engine::require_size(weights.items.shape(1), this->weights().items.shape(1), trainer_name, "the item vectors' width",
                       likely_cause);
  take({.network = std::move(weights.network)});
  const std::span<const float> items(weights.items.data(), weights.items.size());
  const std::size_t at_once = rows_at_once * weights.items.shape(1);
  for (std::size_t first = 0; first < items.size(); first += at_once) {
    put(ItemNumbers::vectors, first, items.subspan(first, std::min(at_once, items.size() - first)));
  }
}

void AttentionTrainer::restore(State state, const ItemSource& items) {
  std::vector<ItemNumbers> all{ItemNumbers::vectors, ItemNumbers::first_moments, ItemNumbers::second_moments};
  if (state.small.average) all.push_back(ItemNumbers::average);
  if (state.small.best) all.push_back(ItemNumbers::best);
  epochs_ = state.epochs;
  take(std::move(state.small));
  const std::size_t size = catalogue_size() * weights().items.shape(1);
  for (const ItemNumbers which : all) {
    std::size_t given = 0;
    items(which, [&](std::size_t first, std::span<const float> piece) {
      given += piece.size();
      if (first + piece.size() <= size) put(which, first, piece);
    });
    engine::require_size(given, size, trainer_name, "the size of what is known of the items", likely_cause);
  }
}

void help_training(engine::Orders& orders) {
  const auto step = std::make_shared<std::unique_ptr<TrainingStep>>();
  orders.add(begin_training, [step](engine::Communicator& processes, engine::ThreadPool& pool) {
    Setup setup{};
    engine::broadcast_value(processes, Traffic::orders, setup);
    *step = std::make_unique<TrainingStep>(pool, processes, setup.config, setup.training, setup.catalogue, nullptr);
  });
  orders.add(do_step, [step](engine::Communicator&, engine::ThreadPool&) { (*step)->run(0); });
  const auto add = [&](std::string_view name, auto work) {
    orders.add(name, [step, work](engine::Communicator& processes, engine::ThreadPool&) {
      work(processes, (*step)->state());
    });
  };
  using engine::Communicator;
  add(take_attributes, [](Communicator&, TrainingState& state) { state.learn_attributes({}, {}); });
  add(take_weights, [](Communicator&, TrainingState& state) { state.start_from({}); });
  add(put_numbers, [](Communicator& processes, TrainingState& state) { put_together(processes, state, {}, {}); });
  add(give_rows, [](Communicator& processes, TrainingState& state) { read_together(processes, state, {}, {}, {}); });
  add(give_moments, [](Communicator&, TrainingState& state) { state.gather_network_moments(); });
  add(keep_best_weights, [](Communicator&, TrainingState& state) { state.keep_best(); });
  orders.add(rank_cases_of, [step](engine::Communicator& processes, engine::ThreadPool& pool) {
    with_part(processes, pool, **step, {}, [](const PartJob& job) { return rank_by_parts(job, nullptr, {}, {}); });
  });
  orders.add(give_shares, [step](engine::Communicator& processes, engine::ThreadPool& pool) {
    with_part(processes, pool, **step, {}, [](const PartJob& job) { return target_shares_by_parts(job, {}); });
  });
  orders.add(end_training, [step](engine::Communicator&, engine::ThreadPool&) { step->reset(); });
}

}  // namespace infodiet::recsys
