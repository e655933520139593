#include "recsys/attention/training_step.hpp"

#include <algorithm>
#include <array>

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;

constexpr std::size_t most_shards_at_once = 32;
constexpr std::size_t most_shards_in_phases = 16;

// Of the rows of the item table, as elements.
engine::Bounds times(engine::Bounds bounds, std::size_t width) {
  for (std::size_t& bound : bounds) bound *= width;
  return bounds;
}

std::size_t size_of(const engine::Range& range) {
  return range.end - range.begin;
}

}  // namespace

TrainingStep::TrainingStep(engine::ThreadPool& pool, engine::Communicator& processes, const AttentionConfig& config,
                           const TrainingConfig& training, std::size_t catalogue, const Dataset* data)
    : pool_(pool),
      processes_(processes),
      share_(processes.share()),
      config_(config),
      training_(training),
      network_(config),
      weights_(initial_weights(config, catalogue, training.seed)),
      network_optimiser_(size_of(share_.of_size(network_.layout().size())), {.weight_decay = training.weight_decay}),
      item_optimiser_(size_of(share_.of_size(catalogue)) * config.width, {.weight_decay = training.weight_decay}),
      attribute_optimiser_(0, {.weight_decay = training.weight_decay}),
      loss_(processes, catalogue, data, training),
      most_shards_(loss_.is_by_position() ? most_shards_at_once : most_shards_in_phases),
      shards_((most_shards_ + share_.count - 1) / share_.count),
      activations_(loss_.is_by_position() ? pool.size() : shards_.size()),
      workspaces_(pool.size()),
      gradients_(network_.layout()) {
  if (processes_.is_alone()) loss_.stop_when([this] { return stopped(); });
  for (Shard& shard : shards_) shard.gradients = engine::Parameters<float>(network_.layout());
  ditems_.resize({catalogue, config.width});
  std::fill(ditems_.begin(), ditems_.end(), 0.0F);
}

void TrainingStep::learn_attributes(SparseRows attributes) {
  engine::broadcast_all(processes_, Traffic::models, attributes.offsets);
  engine::broadcast_all(processes_, Traffic::models, attributes.entries);
  attributes_.emplace(attributes, config_.width,
                      AttributeVectors::Options{.dropout = training_.attribute_dropout, .seed = training_.seed});
  attribute_optimiser_ = engine::AdamW<float>(attributes_->vectors().size(), {.weight_decay = training_.weight_decay});
}

void TrainingStep::cut_shards() {
  const std::size_t processes = share_.count;
  const auto bound = [&](std::size_t process) { return batch_.shards() * process / processes; };
  token_bounds_.clear();
  for (std::size_t p = 0; p <= processes; ++p) token_bounds_.push_back(batch_.first_token(bound(p)));
  active_shards_ = bound(share_.index + 1) - bound(share_.index);
  for (std::size_t i = 0; i < active_shards_; ++i) {
    Shard& shard = shards_[i];
    const std::size_t number = bound(share_.index) + i;
    shard.first_token = batch_.first_token(number);
    shard.tokens = batch_.first_token(number + 1) - shard.first_token;
    shard.offsets.clear();
    for (std::size_t b = batch_.sequences[number]; b <= batch_.sequences[number + 1]; ++b) {
      shard.offsets.push_back(batch_.offsets[b] - shard.first_token);
    }
  }
}

engine::Ragged TrainingStep::ragged(const Shard& shard) const {
  return engine::Ragged(shard.offsets, std::span(batch_.times).subspan(shard.first_token, shard.tokens));
}

std::span<const std::uint32_t> TrainingStep::tokens_of(const Shard& shard) const {
  return std::span(batch_.tokens).subspan(shard.first_token, shard.tokens);
}

engine::Run<float> TrainingStep::run_of(Shard& shard, std::size_t worker) {
  return {.parameters = weights_.network,
          .workspace = workspaces_[worker],
          .pass = {.mode = engine::Mode::train,
                   .seed = training_.seed,
                   .step = static_cast<std::uint32_t>(steps()),
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
  network_.forward(run_of(shard, worker), items(), tokens_of(shard), ragged(shard), activations.cache,
                   activations.hidden);
  std::copy(activations.hidden.begin(), activations.hidden.end(), rows_of(shard, hidden_).data);
}

void TrainingStep::backward(Shard& shard, std::size_t worker, Activations& activations) {
  shard.gradients.clear();
  network_.backward(run_of(shard, worker), ragged(shard), activations.cache, activations.hidden);
  std::copy(activations.hidden.begin(), activations.hidden.end(), rows_of(shard, dhidden_).data);
}

bool TrainingStep::stopped() {
  if (!processes_.is_alone()) return false;
  if (!stopped_ && *stop_ && (*stop_)()) stopped_ = true;
  return stopped_;
}

double TrainingStep::run_shards_at_once() {
  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    if (stopped()) return;
    Shard& shard = shards_[s];
    Activations& activations = activations_[worker];
    forward(shard, worker, activations);
    loss_.hidden_gradient(shard.first_token, rows_of(shard, hidden_), activations.hidden);
    backward(shard, worker, activations);
  });
  if (stopped_) return 0;
  if (!processes_.is_alone()) loss_.gather(token_bounds_);
  gather_rows(hidden_);
  return loss_.table_gradient(pool_, hidden_, ditems_);
}

double TrainingStep::run_shards_in_phases() {
  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    if (!stopped()) forward(shards_[s], worker, activations_[s]);
  });
  if (stopped_) return 0;
  gather_rows(hidden_);
  const double loss = loss_.forward_backward(pool_, hidden_, dhidden_, ditems_);
  if (stopped_) return 0;
  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    if (stopped()) return;
    engine::Matrix<float>& gradient = activations_[s].hidden;
    std::copy_n(rows_of(shards_[s], dhidden_).data, gradient.size(), gradient.data());
    backward(shards_[s], worker, activations_[s]);
  });
  return loss;
}

double TrainingStep::loss_and_gradients() {
  hidden_.resize({batch_.tokens.size(), config_.width});
  dhidden_.resize({batch_.tokens.size(), config_.width});
  const bool normalises = network_.normalises();
  const auto step = static_cast<std::uint32_t>(steps());
  if (attributes_) attributes_->apply(pool_, weights_.items, step, table_);
  if (normalises) network_.output_normaliser().forward(items(), output_norms_, outputs_);
  const engine::MatrixSpan<float> own = own_items(ditems_);
  std::fill_n(own.data, own.rows * own.cols, 0.0F);
  loss_.begin(
      pool_, step,
      {.outputs = normalises ? outputs_ : items(), .targets = batch_.targets, .weights = batch_.target_weights});
  const double loss = loss_.is_by_position() ? run_shards_at_once() : run_shards_in_phases();
  if (stopped_) return 0;
  if (normalises) network_.output_normaliser().backward(outputs_, output_norms_, ditems_, ditems_);
  gather_rows(dhidden_);
  engine::scatter_add_rows<float>(pool_, dhidden_, batch_.tokens, network_.item_scale(), ditems_, share_);
  if (attributes_) attributes_->backward(pool_, step, ditems_, processes_);
  reduce_gradients();
  return loss;
}

// The sum of shards 0, 1, ... so far goes from process to process, in groups of parts, so that all have something to
// add at the same time; the last one deals out the whole.
void TrainingStep::reduce_gradients() {
  constexpr std::size_t parts = 16;
  const std::size_t size = network_.layout().size();
  const std::size_t groups = processes_.is_alone() ? 1 : 4;
  const bool is_last = share_.index + 1 == share_.count;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::size_t first = group * parts / groups;
    const std::size_t begin = engine::part_of(size, parts, first).begin;
    const std::size_t end = engine::part_of(size, groups, group).end;
    const std::span<float> sums = gradients_.flat().subspan(begin, end - begin);
    if (share_.index > 0) {
      const engine::Communicator::Incoming in{share_.index - 1, std::as_writable_bytes(sums)};
      processes_.exchange(Traffic::gradients, {}, {&in, 1});
    }
    pool_.run(parts / groups, [&](std::size_t i, std::size_t) {
      const engine::Range range = engine::part_of(size, parts, first + i);
      float* sum = gradients_.flat().data() + range.begin;
      if (share_.index == 0) std::fill_n(sum, size_of(range), 0.0F);
      for (std::size_t s = 0; s < active_shards_; ++s) {
        engine::kernels::best<float>().add(sum, shards_[s].gradients.flat().data() + range.begin, size_of(range));
      }
    });
    if (is_last) continue;
    const engine::Communicator::Outgoing out{share_.index + 1, std::as_bytes(sums)};
    processes_.exchange(Traffic::gradients, {&out, 1}, {});
  }
  if (processes_.is_alone()) return;
  engine::scatter(processes_, Traffic::gradients, share_.count - 1, gradients_.flat(),
                  engine::bounds_of(processes_, size));
}

// The parts of the sum are cut between numbers, what processes own between rows: a part may end in a row that belongs
// to the next process, which sends its beginning.
double TrainingStep::sum_of_squares() {
  const std::span<float> items(ditems_.data(), ditems_.size());
  if (!processes_.is_alone()) {
    const engine::Bounds rows = times(engine::bounds_of(processes_, ditems_.shape(0)), config_.width);
    const engine::Bounds parts = engine::bounds_of(processes_, items.size());
    std::vector<engine::Communicator::Outgoing> out;
    std::vector<engine::Communicator::Incoming> in;
    for (std::size_t p = 0; p + 1 < share_.count; ++p) {
      const std::span<float> shared = items.subspan(rows[p + 1], parts[p + 1] - rows[p + 1]);
      // The first process after it that owns anything.
      const auto owner = static_cast<std::size_t>(
          std::upper_bound(rows.begin() + static_cast<std::ptrdiff_t>(p) + 1, rows.end(), rows[p + 1]) - rows.begin() -
          1);
      if (size_of(engine::Share{p, share_.count}.eighths()) == 0 || owner >= share_.count) continue;
      if (share_.index == p) in.push_back({owner, std::as_writable_bytes(shared)});
      if (share_.index == owner) out.push_back({p, std::as_bytes(shared)});
    }
    processes_.exchange(Traffic::gradients, out, in);
  }
  engine::SquareParts network_parts;
  engine::SquareParts item_parts;
  engine::square_parts<float>(pool_, gradients_.flat(), share_, network_parts);
  engine::square_parts<float>(pool_, items, share_, item_parts);
  if (!processes_.is_alone()) {
    const engine::Bounds bounds = engine::bounds_of(processes_, network_parts.size());
    engine::gather_everywhere(processes_, Traffic::gradients, std::span<double>(network_parts), bounds);
    engine::gather_everywhere(processes_, Traffic::gradients, std::span<double>(item_parts), bounds);
  }
  double squares = engine::sum_of(network_parts) + engine::sum_of(item_parts);
  if (attributes_) squares += engine::sum_of_squares(pool_, attribute_gradient());
  return squares;
}

std::span<const float> TrainingStep::attribute_gradient() const {
  return {attributes_->gradient().data(), attributes_->gradient().size()};
}

std::span<float> TrainingStep::own_network(std::span<float> all) const {
  const engine::Range own = share_.of_size(all.size());
  return all.subspan(own.begin, size_of(own));
}

engine::MatrixSpan<float> TrainingStep::own_items(engine::Matrix<float>& all) const {
  const engine::Range own = share_.of_size(all.shape(0));
  return engine::MatrixSpan<float>(all).rows_from(own.begin, size_of(own));
}

void TrainingStep::update(double learning_rate, double gradient_scale) {
  network_optimiser_.update(pool_, own_network(weights_.network.flat()), own_network(gradients_.flat()), learning_rate,
                            gradient_scale);
  const engine::MatrixSpan<float> items = own_items(weights_.items);
  const std::size_t size = items.rows * items.cols;
  item_optimiser_.update(pool_, {items.data, size}, {own_items(ditems_).data, size}, learning_rate, gradient_scale);
  if (attributes_) {
    engine::Matrix<float>& vectors = attributes_->vectors();
    attribute_optimiser_.update(pool_, {vectors.data(), vectors.size()}, attribute_gradient(), learning_rate,
                                gradient_scale);
  }
  if (processes_.is_alone()) return;
  engine::gather_everywhere(processes_, Traffic::weights, weights_.network.flat(),
                            engine::bounds_of(processes_, weights_.network.flat().size()));
  engine::gather_rows_everywhere(processes_, Traffic::weights, engine::MatrixSpan<float>(weights_.items),
                                 engine::bounds_of(processes_, weights_.items.shape(0)));
}

std::optional<double> TrainingStep::run(double learning_rate, const Stop& stop) {
  broadcast(processes_, batch_);
  engine::broadcast_value(processes_, Traffic::batches, learning_rate);
  cut_shards();
  stop_ = &stop;
  stopped_ = false;
  const double loss = loss_and_gradients();
  if (stopped_) return std::nullopt;
  const double scale = engine::clip_scale(sum_of_squares(), training_.max_grad_norm);
  update(learning_rate, scale);
  return loss;
}

void TrainingStep::require_fit(const AttentionWeights& weights, const std::optional<Moments>& moments) const {
  constexpr auto where = "attention trainer";
  constexpr auto cause = "are they another configuration's or catalogue's?";
  const std::size_t network = weights_.network.flat().size();
  const std::size_t items = weights_.items.size();
  engine::require_size(weights.network.flat().size(), network, where, "the number of parameters", cause);
  engine::require_shape(weights.items, weights_.items, where, "the item vectors", cause);
  if (!moments) return;
  const auto require_moments = [&](const engine::AdamW<float>::State& state, std::size_t size) {
    engine::require_size(state.first.size(), size, where, "the number of first moments", cause);
    engine::require_size(state.second.size(), size, where, "the number of second moments", cause);
  };
  require_moments(moments->network, network);
  require_moments(moments->items, items);
  if (attributes_) require_moments(moments->attributes, attributes_->vectors().size());
}

void TrainingStep::take_attributes(engine::Matrix<float> vectors) {
  engine::Matrix<float>& all = attributes_->vectors();
  if (vectors.size() > 0) {
    all = std::move(vectors);
  } else {
    std::fill(all.begin(), all.end(), 0.0F);
  }
  engine::broadcast(processes_, Traffic::models, std::span<float>(all.data(), all.size()));
}

void TrainingStep::start_from(AttentionWeights weights, engine::Matrix<float> attributes,
                              std::optional<Moments> moments) {
  if (processes_.is_first()) weights_ = std::move(weights);
  if (attributes_) take_attributes(std::move(attributes));
  if (processes_.is_alone()) {
    if (!moments) return;
    network_optimiser_.restore(std::move(moments->network));
    item_optimiser_.restore(std::move(moments->items));
    if (attributes_) attribute_optimiser_.restore(std::move(moments->attributes));
    return;
  }
  engine::broadcast(processes_, Traffic::models, weights_.network.flat());
  engine::broadcast(processes_, Traffic::models, std::span<float>(weights_.items.data(), weights_.items.size()));
  std::uint8_t has_moments = moments.has_value() ? 1 : 0;
  engine::broadcast_value(processes_, Traffic::models, has_moments);
  if (has_moments == 0) return;
  const auto deal_out = [&](engine::AdamW<float>& optimiser, engine::AdamW<float>::State all, std::size_t size,
                            const engine::Bounds& bounds) {
    engine::broadcast_value(processes_, Traffic::models, all.steps);
    engine::AdamW<float>::State own{.first = {}, .second = {}, .steps = all.steps};
    for (const auto& [from, to] : {std::pair(&all.first, &own.first), std::pair(&all.second, &own.second)}) {
      from->resize(size);
      engine::scatter(processes_, Traffic::models, 0, std::span<float>(*from), bounds);
      to->assign(from->begin() + static_cast<std::ptrdiff_t>(bounds[share_.index]),
                 from->begin() + static_cast<std::ptrdiff_t>(bounds[share_.index + 1]));
    }
    optimiser.restore(std::move(own));
  };
  if (!moments) moments.emplace();
  const std::size_t size = weights_.network.flat().size();
  deal_out(network_optimiser_, std::move(moments->network), size, engine::bounds_of(processes_, size));
  deal_out(item_optimiser_, std::move(moments->items), weights_.items.size(),
           times(engine::bounds_of(processes_, weights_.items.shape(0)), config_.width));
  if (!attributes_) return;
  engine::broadcast_value(processes_, Traffic::models, moments->attributes.steps);
  engine::broadcast_all(processes_, Traffic::models, moments->attributes.first);
  engine::broadcast_all(processes_, Traffic::models, moments->attributes.second);
  attribute_optimiser_.restore(std::move(moments->attributes));
}

TrainingStep::Moments TrainingStep::gather_moments() const {
  const auto gathered = [&](const engine::AdamW<float>::State& own, std::size_t size, const engine::Bounds& bounds) {
    engine::AdamW<float>::State all{.first = {}, .second = {}, .steps = own.steps};
    for (const auto& [from, to] : {std::pair(&own.first, &all.first), std::pair(&own.second, &all.second)}) {
      to->resize(size);
      std::copy(from->begin(), from->end(), to->begin() + static_cast<std::ptrdiff_t>(bounds[share_.index]));
      engine::gather(processes_, Traffic::models, std::span<float>(*to), bounds);
    }
    return all;
  };
  const std::size_t size = weights_.network.flat().size();
  return {.network = gathered(network_moments(), size, engine::bounds_of(processes_, size)),
          .items = gathered(item_moments(), weights_.items.size(),
                            times(engine::bounds_of(processes_, weights_.items.shape(0)), config_.width)),
          .attributes = attribute_moments()};
}

}  // namespace infodiet::recsys
