#include "recsys/attention/model_part.hpp"

#include <algorithm>
#include <utility>

#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;

ItemVectors outputs_of(const AttentionNetwork<float>& network, engine::MatrixSpan<const float> items,
                       ItemVectors::Substitutes substitutes) {
  ItemVectors outputs = network.normalises() ? ItemVectors::of_length_one(items) : ItemVectors(items);
  outputs.substitute(std::move(substitutes));
  return outputs;
}

}  // namespace

ModelPart::ModelPart(engine::Communicator& processes, const Source& source, ItemVectors::Substitutes substitutes)
    : processes_(processes),
      source_(source),
      network_(source.config),
      items_(engine::bounds_of(processes, source.catalogue)),
      outputs_(outputs_of(network_, source.items, std::move(substitutes))),
      scores_(outputs_, source.catalogue, processes.share()),
      named_(source.catalogue) {}

engine::Bounds ModelPart::blocks_of(std::size_t cases) const {
  const std::size_t block = scoring_block(catalogue());
  const std::size_t blocks = (cases + block - 1) / block;
  engine::Bounds bounds{0};
  for (std::size_t p = 0; p < processes_.size(); ++p) {
    bounds.push_back(std::min(cases, engine::part_of(blocks, processes_.size(), p).end * block));
  }
  return bounds;
}

// The rows of the table that the histories name. Where these are as many as there are, all of them, once.
void ModelPart::fetch(std::span<const EvaluationCase> cases) {
  if (has_all_ || processes_.is_alone()) return;
  std::size_t tokens = 0;
  named_.clear();
  for (const EvaluationCase& one : cases) {
    const History recent = one.history.last(std::min(one.history.size(), source_.config.max_length));
    tokens += recent.size();
    named_.add(recent.items);
  }
  named_.sort();
  has_all_ = tokens >= catalogue();
  const std::vector<std::uint32_t>& rows = named_.numbers();
  const engine::Bounds bounds = has_all_ ? items_ : engine::bounds_in(processes_, catalogue(), rows);
  const std::size_t width = source_.config.width;
  inputs_.resize({bounds.back(), width});
  for (std::size_t row = bounds[processes_.rank()]; row < bounds[processes_.rank() + 1]; ++row) {
    const std::size_t item = has_all_ ? row : rows[row];
    std::copy_n(source_.items.row(item - items_[processes_.rank()]), width, &inputs_(row, 0));
  }
  engine::gather_rows_everywhere(processes_, Traffic::models, engine::MatrixSpan<float>(inputs_), bounds);
}

void ModelPart::read(std::span<const EvaluationCase> cases, Reading& reading, float* last) const {
  reading.batch.clear();
  for (const EvaluationCase& one : cases) reading.batch.add(one.history, source_.config.max_length);
  if (!has_all_ && !processes_.is_alone()) {
    for (std::uint32_t& token : reading.batch.tokens) token = named_.position_of(token);
  }
  read_batch({.network = network_, .weights = source_.network},
             processes_.is_alone() ? source_.items : engine::MatrixSpan<const float>(inputs_), reading);
  std::copy(reading.last.begin(), reading.last.end(), last);
}

void ModelPart::score(engine::ThreadPool& pool, std::span<const EvaluationCase> cases, engine::Matrix<float>& scores) {
  fetch(cases);
  readings_.resize(std::max(readings_.size(), pool.size()));
  const std::size_t width = source_.config.width;
  const std::size_t block = scoring_block(catalogue());
  const engine::Bounds bounds = blocks_of(cases.size());
  const auto blocks_in = [&](std::size_t count) { return (count + block - 1) / block; };
  last_.resize({cases.size(), width});
  const std::size_t begin = bounds[processes_.rank()];
  const std::size_t end = bounds[processes_.rank() + 1];
  pool.run(blocks_in(end - begin), [&](std::size_t b, std::size_t worker) {
    const std::size_t first = begin + b * block;
    read(cases.subspan(first, std::min(block, end - first)), readings_[worker], last_.data() + first * width);
  });
  engine::gather_rows_everywhere(processes_, Traffic::activations, engine::MatrixSpan<float>(last_), bounds);

  const engine::Range eighths = processes_.share().eighths();
  const std::size_t parts = eighths.end - eighths.begin;
  scores.resize({cases.size(), items_[processes_.rank() + 1] - items_[processes_.rank()]});
  std::vector<engine::Matrix<float>> tiles(pool.size());
  pool.run(blocks_in(cases.size()) * parts, [&](std::size_t task, std::size_t worker) {
    const std::size_t first = task / parts * block;
    const std::size_t count = std::min(block, cases.size() - first);
    scores_.score(eighths.begin + task % parts, engine::MatrixSpan<const float>(last_).rows_from(first, count),
                  engine::MatrixSpan<float>(scores).rows_from(first, count), tiles[worker]);
  });
}

}  // namespace infodiet::recsys
