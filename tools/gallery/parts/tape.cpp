#include "tools/gallery/parts/tape.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <xtensor/xmath.hpp>

#include "engine/gemm.hpp"
#include "engine/matrix_ops.hpp"

namespace infodiet::gallery {

namespace {

using engine::MatrixSpan;

Matrix<float>& gradient_of(Node& node) {
  if (node.gradient.size() == 0) node.gradient = xt::zeros_like(node.value);
  return node.gradient;
}

void add_gradient(Node& node, const Matrix<float>& gradient) {
  engine::add_to<float>(gradient_of(node), gradient);
}

std::vector<std::size_t> one_each(std::size_t count) {
  std::vector<std::size_t> offsets(count + 1);
  std::iota(offsets.begin(), offsets.end(), std::size_t{0});
  return offsets;
}

/// (Lq, Lk) of weights (H, Lq, Lk).
Matrix<float> mean_of_heads(const engine::Tensor<float, 3>& weights) {
  return xt::mean(weights, {0});
}

/// A factor of a product, and where its gradient is added.
struct Operand {
  MatrixSpan<const float> value;
  MatrixSpan<float> gradient;
};

Operand rows_of(Node& x, std::size_t first, std::size_t count) {
  return {MatrixSpan<const float>(x.value).rows_from(first, count),
          MatrixSpan<float>(gradient_of(x)).rows_from(first, count)};
}

/// Adds the chances softmax(a b^T) of every row of a to the answers. With targets, adds the gradients of the mean over
/// all of them of -worth log chance[target]; those of these rows come after as many as there were chances before.
void choose(const Operand& a, const Operand& b, const Targets& targets, Answers& answers) {
  const std::size_t each = targets.worth.empty() ? 1 : targets.chosen.size() / targets.worth.size();
  Matrix<float> scores;
  scores.resize({a.value.rows, b.value.rows});
  engine::gemm<float>(engine::plain<float>(a.value), engine::transposed<float>(b.value), scores);
  for (std::size_t n = 0; n < a.value.rows; ++n) {
    const std::span<float> row(scores.data() + n * b.value.rows, b.value.rows);
    const float largest = *std::max_element(row.begin(), row.end());
    for (float& value : row) value = std::exp(value - largest);
    const float total = std::accumulate(row.begin(), row.end(), 0.0F);
    for (float& value : row) value /= total;
    answers.chances.emplace_back(row.begin(), row.end());
    if (targets.chosen.empty()) continue;
    const std::size_t at = answers.chances.size() - 1;
    for (std::size_t i = at * each; i < (at + 1) * each; ++i) row[targets.chosen[i]] -= 1.0F / static_cast<float>(each);
    const float worth = targets.worth.empty() ? 1.0F : targets.worth[at];
    for (float& value : row) value *= worth * static_cast<float>(each) / static_cast<float>(targets.chosen.size());
  }
  if (targets.chosen.empty()) return;
  engine::gemm<float>(engine::plain<float>(scores), engine::plain<float>(b.value), a.gradient, {.beta = 1});
  engine::gemm<float>(engine::transposed<float>(scores), engine::plain<float>(a.value), b.gradient, {.beta = 1});
}

}  // namespace

std::uint32_t likeliest(std::span<const float> chances) {
  return static_cast<std::uint32_t>(std::max_element(chances.begin(), chances.end()) - chances.begin());
}

Sequences repeated(std::span<const std::uint32_t> sequence, std::size_t times) {
  Sequences sequences;
  for (std::size_t i = 0; i < times; ++i) sequences.add(sequence);
  return sequences;
}

TokenEmbedding::TokenEmbedding(engine::ParameterLayout& layout, const std::string& name, const Options& options)
    : table(layout.add_matrix(name + ".table", options.vocabulary, options.width, engine::Initialiser::normal(0.5))),
      positions(layout, name + ".position", options.longest, options.width) {}

void Tape::begin(const engine::Parameters<float>& parameters) {
  parameters_ = &parameters;
  nodes_.clear();
  steps_.clear();
}

Node& Tape::add(std::vector<std::size_t> offsets) {
  nodes_.push_back({.value = {}, .gradient = {}, .offsets = std::move(offsets)});
  return nodes_.back();
}

Node& Tape::input(const Examples& examples, std::size_t width) {
  std::vector<std::size_t> offsets{0};
  for (const Example& example : examples) offsets.push_back(offsets.back() + example.numbers.size() / width);
  Node& y = add(std::move(offsets));
  y.value.resize({y.offsets.back(), width});
  for (std::size_t b = 0; b < examples.size(); ++b) {
    std::copy(examples[b].numbers.begin(), examples[b].numbers.end(),
              y.value.begin() + static_cast<std::ptrdiff_t>(y.offsets[b] * width));
  }
  return y;
}

Node& Tape::lookup(engine::ParameterHandle table, const Sequences& sequences) {
  Node& y = add(sequences.offsets);
  engine::gather_rows<float>(parameters_->matrix(table), sequences.tokens, 1, y.value);
  on_backward([this, table, tokens = sequences.tokens, &y] {
    engine::scatter_add_rows<float>(alone_, y.gradient, tokens, 1, gradients_.matrix(table));
  });
  return y;
}

Node& Tape::all_rows(engine::ParameterHandle table, std::size_t count) {
  std::vector<std::uint32_t> rows(table.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  return lookup(table, repeated(rows, count));
}

Node& Tape::add_positions(const engine::LearnedPositions<float>& positions, Node& x) {
  Node& y = add(x.offsets);
  y.value = x.value;
  positions.forward(*parameters_, y.batch(), y.value);
  on_backward([this, &positions, &x, &y] {
    positions.backward(y.batch(), y.gradient, gradients_);
    add_gradient(x, y.gradient);
  });
  return y;
}

Node& Tape::linear(const engine::Linear<float>& layer, Node& x) {
  Node& y = add(x.offsets);
  layer.forward(*parameters_, x.value, y.value);
  on_backward([this, &layer, &x, &y] {
    Matrix<float> dx;
    layer.backward(*parameters_, x.value, y.gradient, dx, gradients_);
    add_gradient(x, dx);
  });
  return y;
}

Node& Tape::encode(const engine::Transformer<float>& encoder, Node& x) {
  Node& y = add(x.offsets);
  const auto cache = std::make_shared<engine::Transformer<float>::Cache>();
  encoder.input(*cache) = x.value;
  encoder.forward(run(), x.batch(), *cache, y.value);
  y.attention = [&encoder, cache, &x](std::size_t block, std::size_t sequence) {
    return mean_of_heads(encoder.weights(x.batch(), *cache, block, sequence));
  };
  on_backward([this, &encoder, cache, &x, &y] {
    encoder.backward(run(), x.batch(), *cache, y.gradient);
    add_gradient(x, y.gradient);
  });
  return y;
}

Node& Tape::translate(const engine::EncoderDecoder<float>& translator, Node& source, Node& target) {
  Node& y = add(target.offsets);
  const auto cache = std::make_shared<engine::EncoderDecoder<float>::Cache>();
  translator.source(*cache) = source.value;
  translator.target(*cache) = target.value;
  translator.encode(run(), source.batch(), *cache);
  translator.decode(run(), source.batch(), target.batch(), *cache, y.value);
  y.attention = [&translator, cache, &source, &target](std::size_t block, std::size_t sequence) {
    return mean_of_heads(translator.weights(source.batch(), target.batch(), *cache, block, sequence));
  };
  on_backward([this, &translator, cache, &source, &target, &y] {
    Matrix<float> dsource;
    translator.backward(run(), source.batch(), target.batch(), *cache, y.gradient, dsource);
    add_gradient(target, y.gradient);
    add_gradient(source, dsource);
  });
  return y;
}

Node& Tape::pool(const engine::AttentionPooling<float>& pooling, Node& x) {
  Node& y = add(one_each(x.batch().sequences()));
  const auto cache = std::make_shared<engine::AttentionPooling<float>::Cache>();
  pooling.forward(run(), {x.batch(), x.value}, *cache, y.value);
  y.attention = [this, &pooling, cache, &x](std::size_t, std::size_t sequence) {
    const auto weights = pooling.weights(*parameters_, {x.batch(), x.value}, *cache);
    Matrix<float> row;
    row.resize({1, x.batch().length(sequence)});
    std::copy_n(weights.data() + x.batch().begin(sequence), row.size(), row.data());
    return row;
  };
  on_backward([this, &pooling, cache, &x, &y] {
    Matrix<float> dx;
    pooling.backward(run(), {x.batch(), x.value}, *cache, y.value, y.gradient, dx);
    add_gradient(x, dx);
  });
  return y;
}

Node& Tape::pick(Node& x, std::size_t position) {
  Node& y = add(one_each(x.batch().sequences()));
  std::vector<std::uint32_t> positions;
  for (std::size_t b = 0; b < x.batch().sequences(); ++b) {
    positions.push_back(static_cast<std::uint32_t>(x.offsets[b] + position));
  }
  engine::gather_rows<float>(x.value, positions, 1, y.value);
  on_backward([this, &x, positions = std::move(positions), &y] {
    engine::scatter_add_rows<float>(alone_, y.gradient, positions, 1, gradient_of(x));
  });
  return y;
}

Node& Tape::sum(Node& a, Node& b) {
  Node& y = add(a.offsets);
  y.value = a.value;
  engine::add_to<float>(y.value, b.value);
  on_backward([&a, &b, &y] {
    add_gradient(a, y.gradient);
    add_gradient(b, y.gradient);
  });
  return y;
}

Answers Tape::classify(Node& x, engine::ParameterHandle table, const Targets& targets) {
  Answers answers;
  choose(rows_of(x, 0, x.value.shape(0)), {parameters_->matrix(table), gradients_.matrix(table)}, targets, answers);
  for (std::size_t b = 0; b < x.batch().sequences(); ++b) {
    std::vector<std::uint32_t>& said = answers.said.emplace_back();
    for (std::size_t t = x.offsets[b]; t < x.offsets[b + 1]; ++t) said.push_back(likeliest(answers.chances[t]));
  }
  return answers;
}

Answers Tape::point(Node& queries, Node& tokens, const Targets& targets) {
  Answers answers;
  const std::size_t each = queries.value.shape(0) / tokens.batch().sequences();
  for (std::size_t b = 0; b < tokens.batch().sequences(); ++b) {
    choose(rows_of(queries, b * each, each), rows_of(tokens, tokens.offsets[b], tokens.batch().length(b)), targets,
           answers);
  }
  for (const auto& row : answers.chances) answers.said.push_back({likeliest(row)});
  return answers;
}

void Tape::backward() {
  for (Node& node : nodes_) gradient_of(node);
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (*step)();
}

}  // namespace infodiet::gallery
