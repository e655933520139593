#include "recsys/attention/training_step.hpp"

#include <algorithm>

#include "engine/kernels/kernels.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;

}  // namespace

TrainingStep::TrainingStep(engine::ThreadPool& pool, engine::Communicator& processes, const AttentionConfig& config,
                           const TrainingConfig& training, std::size_t catalogue, const Dataset* data)
    : pool_(pool),
      processes_(processes),
      share_(processes.share()),
      config_(config),
      training_(training),
      network_(config),
      state_(pool, processes, config, training, catalogue),
      table_(pool, processes, state_),
      loss_(processes, catalogue, data, training),
      plan_(ShardPlan::of(training)),
      gradient_sum_(processes, plan_.a_round),
      shards_(gradient_sum_.own_leaves().end - gradient_sum_.own_leaves().begin),
      activations_(loss_.is_by_position() ? pool.size() : shards_.size()),
      workspaces_(pool.size()),
      gradients_(network_.layout()) {
  if (processes_.is_alone()) loss_.stop_when([this] { return stopped(); });
  for (Shard& shard : shards_) shard.gradients = engine::Parameters<float>(network_.layout());
}

void TrainingStep::begin_round(std::size_t round) {
  const std::size_t first = round * plan_.a_round;
  const std::size_t count = std::min(plan_.a_round, batch_.shards() - first);
  // Of fewer shards than leaves of the tree, each is the only one of its leaf.
  const auto shard_of = [&](std::size_t leaf) { return first + count * leaf / plan_.a_round; };
  token_bounds_.assign({batch_.first_token(first)});
  for (std::size_t p = 0; p < share_.count; ++p) {
    token_bounds_.push_back(batch_.first_token(shard_of(engine::part_of(plan_.a_round, share_.count, p).end)));
  }
  const std::size_t first_leaf = gradient_sum_.own_leaves().begin;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    Shard& shard = shards_[i];
    const engine::Range numbers{shard_of(first_leaf + i), shard_of(first_leaf + i + 1)};
    shard.first_token = batch_.first_token(numbers.begin);
    shard.tokens = batch_.first_token(numbers.end) - shard.first_token;
    shard.offsets.clear();
    for (std::size_t b = batch_.sequences[numbers.begin]; b <= batch_.sequences[numbers.end]; ++b) {
      shard.offsets.push_back(batch_.offsets[b] - shard.first_token);
    }
  }
}

// Calls `work(number, worker)` for this process's shards that have tokens.
template <class Work>
void TrainingStep::run_shards(Work work) {
  pool_.run(shards_.size(), [&](std::size_t s, std::size_t worker) {
    if (shards_[s].tokens > 0 && !stopped()) work(s, worker);
  });
}

engine::Ragged TrainingStep::ragged(const Shard& shard) const {
  return engine::Ragged(shard.offsets, std::span(batch_.times).subspan(shard.first_token, shard.tokens));
}

std::span<const std::uint32_t> TrainingStep::tokens_of(const Shard& shard) const {
  return std::span(batch_.tokens).subspan(shard.first_token, shard.tokens);
}

engine::Run<float> TrainingStep::run_of(Shard& shard, std::size_t worker) {
  return {.parameters = state_.weights().network,
          .workspace = workspaces_[worker],
          .pass = {.mode = engine::Mode::train,
                   .seed = training_.seed,
                   .step = static_cast<std::uint32_t>(state_.steps()),
                   .first_token = static_cast<std::uint32_t>(shard.first_token)},
          .gradients = &shard.gradients};
}

engine::MatrixSpan<float> TrainingStep::rows_of(const Shard& shard, engine::Matrix<float>& matrix) {
  return engine::MatrixSpan<float>(matrix).rows_from(shard.first_token, shard.tokens);
}

void TrainingStep::gather_rows(engine::Matrix<float>& matrix) {
  if (processes_.is_alone()) return;
  engine::gather_rows_everywhere(processes_, Traffic::activations, engine::MatrixSpan<float>(matrix), token_bounds_);
}

void TrainingStep::forward(Shard& shard, std::size_t worker, Activations& activations) {
  network_.forward(run_of(shard, worker), table_.rows(), tokens_of(shard), ragged(shard), activations.cache,
                   activations.hidden);
  std::copy(activations.hidden.begin(), activations.hidden.end(), rows_of(shard, hidden_).data);
}

void TrainingStep::backward(Shard& shard, std::size_t worker, Activations& activations) {
  network_.backward(run_of(shard, worker), ragged(shard), activations.cache, activations.hidden);
  std::copy(activations.hidden.begin(), activations.hidden.end(), rows_of(shard, dhidden_).data);
}

bool TrainingStep::stopped() {
  if (!processes_.is_alone()) return false;
  if (!stopped_ && *stop_ && (*stop_)()) stopped_ = true;
  return stopped_;
}

double TrainingStep::run_shards_at_once() {
  begin_round(0);
  run_shards([&](std::size_t s, std::size_t worker) {
    Shard& shard = shards_[s];
    Activations& activations = activations_[worker];
    forward(shard, worker, activations);
    loss_.hidden_gradient(shard.first_token, rows_of(shard, hidden_), activations.hidden);
    backward(shard, worker, activations);
  });
  if (stopped_) return 0;
  if (!processes_.is_alone()) loss_.gather(token_bounds_);
  gather_rows(hidden_);
  gather_rows(dhidden_);
  return loss_.table_gradient(pool_, hidden_, table_.gradient());
}

double TrainingStep::run_rounds() {
  double loss = 0;
  for (std::size_t round = 0; round * plan_.a_round < batch_.shards() && !stopped_; ++round) {
    begin_round(round);
    loss += run_shards_in_phases();
  }
  return loss;
}

double TrainingStep::run_shards_in_phases() {
  run_shards([&](std::size_t s, std::size_t worker) { forward(shards_[s], worker, activations_[s]); });
  if (stopped_) return 0;
  gather_rows(hidden_);
  const std::size_t first = token_bounds_.front();
  const std::size_t tokens = token_bounds_.back() - first;
  const double loss =
      loss_.forward_backward(pool_, token_bounds_, engine::MatrixSpan<const float>(hidden_).rows_from(first, tokens),
                             engine::MatrixSpan<float>(dhidden_).rows_from(first, tokens), output_gradient());
  if (stopped_) return 0;
  run_shards([&](std::size_t s, std::size_t worker) {
    engine::Matrix<float>& gradient = activations_[s].hidden;
    std::copy_n(rows_of(shards_[s], dhidden_).data, gradient.size(), gradient.data());
    backward(shards_[s], worker, activations_[s]);
  });
  gather_rows(dhidden_);
  return loss;
}

// From here on the batch's items are numbers of the table's rows.
void TrainingStep::read_table(std::uint32_t step) {
  if (loss_.is_of_catalogue()) return table_.read_with_own(step, batch_.tokens);
  const std::span<std::uint32_t> named[] = {batch_.tokens, batch_.targets, loss_.negatives()};
  table_.read(step, named);
}

// That of the rows which the loss reads.
engine::Matrix<float>& TrainingStep::output_gradient() {
  return loss_.is_of_catalogue() ? table_.own_gradient() : table_.gradient();
}

double TrainingStep::loss_and_gradients() {
  hidden_.resize({batch_.tokens.size(), config_.width});
  dhidden_.resize({batch_.tokens.size(), config_.width});
  const auto step = static_cast<std::uint32_t>(state_.steps());
  loss_.draw(pool_, step, batch_.tokens.size());
  read_table(step);
  const bool normalises = network_.normalises();
  const engine::MatrixSpan<const float> rows = loss_.is_of_catalogue() ? table_.own_rows() : table_.rows();
  if (normalises) network_.output_normaliser().forward(rows, output_norms_, outputs_);
  loss_.begin({.outputs = normalises ? engine::MatrixSpan<const float>(outputs_) : rows,
               .targets = batch_.targets,
               .weights = batch_.target_weights,
               .own = table_.own()});
  pool_.run(shards_.size(), [&](std::size_t s, std::size_t) { shards_[s].gradients.clear(); });
  const double loss = loss_.is_by_position() ? run_shards_at_once() : run_rounds();
  if (stopped_) return 0;
  engine::Matrix<float>& of_outputs = output_gradient();
  if (normalises) network_.output_normaliser().backward(outputs_, output_norms_, of_outputs, of_outputs);
  if (loss_.is_of_catalogue()) table_.take_own_gradient();
  engine::scatter_add_rows<float>(pool_, dhidden_, batch_.tokens, network_.item_scale(), table_.gradient(),
                                  table_.own());
  table_.finish(step);
  sum_gradients();
  return loss;
}

// Each process gets the slice that it updates.
void TrainingStep::sum_gradients() {
  const engine::Bounds bounds = engine::bounds_of(processes_, network_.layout().size());
  leaves_.clear();
  for (Shard& shard : shards_) leaves_.push_back(shard.gradients.flat().data());
  const float* const sum = gradient_sum_.add_up(pool_, Traffic::gradients, leaves_, bounds);
  const std::size_t begin = bounds[share_.index];
  std::copy_n(sum, bounds[share_.index + 1] - begin, gradients_.flat().data() + begin);
}

// The parts of the sum are cut between numbers, what processes own between rows: a part may end in a row that belongs
// to the next process, which sends its beginning.
double TrainingStep::sum_of_squares() {
  const std::span<float> items = table_.own_numbers_with_room();
  const std::size_t size = state_.catalogue() * config_.width;
  if (!processes_.is_alone()) {
    engine::Bounds rows = engine::bounds_of(processes_, state_.catalogue());
    for (std::size_t& bound : rows) bound *= config_.width;
    const engine::Bounds parts = engine::bounds_of(processes_, size);
    std::vector<engine::Communicator::Outgoing> out;
    std::vector<engine::Communicator::Incoming> in;
    for (std::size_t p = 0; p + 1 < share_.count; ++p) {
      const std::size_t shared = parts[p + 1] - rows[p + 1];
      // The first process after it that owns anything.
      const auto owner = static_cast<std::size_t>(
          std::upper_bound(rows.begin() + static_cast<std::ptrdiff_t>(p) + 1, rows.end(), rows[p + 1]) - rows.begin() -
          1);
      if (size_of(engine::Share{p, share_.count}.eighths()) == 0 || owner >= share_.count) continue;
      if (share_.index == p)
        in.push_back({owner, std::as_writable_bytes(items.subspan(rows[p + 1] - rows[p], shared))});
      if (share_.index == owner) out.push_back({p, std::as_bytes(items.first(shared))});
    }
    processes_.exchange(Traffic::gradients, out, in);
  }
  engine::SquareParts network_parts;
  engine::SquareParts item_parts;
  const std::span<const float> network = gradients_.flat();
  engine::square_parts<float>(pool_, {.values = network, .first = 0, .size = network.size()}, share_, network_parts);
  engine::square_parts<float>(pool_, {.values = items, .first = state_.own().begin * config_.width, .size = size},
                              share_, item_parts);
  if (!processes_.is_alone()) {
    const engine::Bounds bounds = engine::bounds_of(processes_, network_parts.size());
    engine::gather_everywhere(processes_, Traffic::gradients, std::span<double>(network_parts), bounds);
    engine::gather_everywhere(processes_, Traffic::gradients, std::span<double>(item_parts), bounds);
  }
  double squares = engine::sum_of(network_parts) + engine::sum_of(item_parts);
  if (const AttributeVectors* const attributes = state_.attributes()) {
    const engine::Matrix<float>& gradient = attributes->gradient();
    squares += engine::sum_of_squares<float>(pool_, {gradient.data(), gradient.size()});
  }
  return squares;
}

std::optional<double> TrainingStep::run(double learning_rate, const Stop& stop) {
  broadcast(processes_, batch_);
  engine::broadcast_value(processes_, Traffic::batches, learning_rate);
  stop_ = &stop;
  stopped_ = false;
  const double loss = loss_and_gradients();
  if (stopped_) return std::nullopt;
  const double scale = engine::clip_scale(sum_of_squares(), training_.max_grad_norm);
  const engine::Range own = state_.own();
  state_.update(gradients_.flat(), {table_.own_gradient().data(), size_of(own) * config_.width}, learning_rate, scale);
  return loss;
}

}  // namespace infodiet::recsys
