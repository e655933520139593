#include "tools/gallery/parts/tape.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "engine/gemm.hpp"
#include "engine/matrix_ops.hpp"

namespace infodiet::gallery {

namespace {

using engine::MatrixSpan;
using Rows = MatrixSpan<const float>;

Matrix<float> zeros_like(const Matrix<float>& value) {
  Matrix<float> zeros;
  zeros.resize(value.shape());
  std::fill(zeros.begin(), zeros.end(), 0.0F);
  return zeros;
}

void add_gradient(Node& node, const Matrix<float>& gradient) {
  engine::add_to<float>(node.gradient, gradient);
}

std::vector<std::size_t> one_each(std::size_t count) {
  std::vector<std::size_t> offsets(count + 1);
  std::iota(offsets.begin(), offsets.end(), std::size_t{0});
  return offsets;
}

/// (Lq, Lk) of weights (H, Lq, Lk).
Matrix<float> mean_of_heads(const engine::Tensor<float, 3>& weights) {
  Matrix<float> mean;
  mean.resize({weights.shape(1), weights.shape(2)});
  std::fill(mean.begin(), mean.end(), 0.0F);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    mean.data()[i % mean.size()] += weights.data()[i] / static_cast<float>(weights.shape(0));
  }
  return mean;
}

/// softmax(hidden table^T) by row.
std::vector<std::vector<float>> chances_of(Rows hidden, Rows table) {
  Matrix<float> scores;
  scores.resize({hidden.rows, table.rows});
  engine::gemm<float>(engine::plain<float>(hidden), engine::transposed<float>(table), scores);
  std::vector<std::vector<float>> chances;
  for (std::size_t n = 0; n < hidden.rows; ++n) {
    const float* scored = scores.data() + n * table.rows;
    std::vector<float> row(scored, scored + table.rows);
    const float largest = *std::max_element(row.begin(), row.end());
    for (float& value : row) value = std::exp(value - largest);
    const float total = std::accumulate(row.begin(), row.end(), 0.0F);
    for (float& value : row) value /= total;
    chances.push_back(std::move(row));
  }
  return chances;
}

std::uint32_t likeliest(const std::vector<float>& chances) {
  return static_cast<std::uint32_t>(std::max_element(chances.begin(), chances.end()) - chances.begin());
}

/// A factor of a product and where its gradient is added.
struct Operand {
  Rows value;
  MatrixSpan<float> gradient;
};

/// scores = a b^T, backward.
void multiply_back(const Matrix<float>& dscores, const Operand& a, const Operand& b) {
  engine::gemm<float>(engine::plain<float>(dscores), engine::plain<float>(b.value), a.gradient, {.beta = 1});
  engine::gemm<float>(engine::transposed<float>(dscores), engine::plain<float>(a.value), b.gradient, {.beta = 1});
}

/// Of `count` rows from `first` on, of the mean over all rows of -worth log chance[target]: by their scores.
Matrix<float> chosen_gradient(const std::vector<std::vector<float>>& chances, const Targets& targets, std::size_t first,
                              std::size_t count) {
  Matrix<float> gradient;
  gradient.resize({count, chances[first].size()});
  for (std::size_t n = 0; n < count; ++n) {
    const float worth = targets.worth.empty() ? 1.0F : targets.worth[first + n];
    for (std::size_t c = 0; c < gradient.shape(1); ++c) {
      const float at_target = c == targets.chosen[first + n] ? 1.0F : 0.0F;
      gradient(n, c) = worth * (chances[first + n][c] - at_target) / static_cast<float>(chances.size());
    }
  }
  return gradient;
}

}  // namespace

Matrix<float> rows(std::span<const float> numbers, std::size_t width) {
  Matrix<float> matrix;
  matrix.resize({numbers.size() / width, width});
  std::copy(numbers.begin(), numbers.end(), matrix.begin());
  return matrix;
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

Node& Tape::input(Matrix<float> value, std::vector<std::size_t> offsets) {
  Node& node = add(std::move(offsets));
  node.value = std::move(value);
  return node;
}

Node& Tape::learned(engine::ParameterHandle vector, std::size_t copies) {
  Node& y = add(one_each(copies));
  std::vector<std::uint32_t> rows(copies, 0);
  engine::gather_rows<float>(parameters_->matrix(vector), rows, 1, y.value);
  on_backward([this, vector, rows = std::move(rows), &y] {
    engine::scatter_add_rows<float>(alone_, y.gradient, rows, 1, gradients_.matrix(vector));
  });
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

Node& Tape::add_positions(const engine::LearnedPositions<float>& positions, Node& x) {
  Node& y = input(x.value, x.offsets);
  positions.forward(*parameters_, y.batch(), y.value);
  on_backward([this, &positions, &x, &y] {
    positions.backward(y.batch(), y.gradient, gradients_);
    add_gradient(x, y.gradient);
  });
  return y;
}

Node& Tape::patches_of(const std::vector<Image>& images, std::size_t across) {
  const std::size_t size = images.front().size;
  const std::size_t channels = images.front().channels;
  const std::size_t side = size / across;
  Matrix<float> pixels;
  pixels.resize({images.size() * across * across, side * side * channels});
  std::vector<std::size_t> offsets{0};
  for (std::size_t b = 0; b < images.size(); ++b) {
    for (std::size_t at = 0; at < size * size * channels; ++at) {
      const std::size_t y = at / channels / size;
      const std::size_t x = at / channels % size;
      const std::size_t patch = y / side * across + x / side;
      pixels(b * across * across + patch, (y % side * side + x % side) * channels + at % channels) =
          images[b].pixels[at];
    }
    offsets.push_back(offsets.back() + across * across);
  }
  return input(std::move(pixels), std::move(offsets));
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
    engine::scatter_add_rows<float>(alone_, y.gradient, positions, 1, x.gradient);
  });
  return y;
}

Node& Tape::regroup(Node& x, std::vector<std::size_t> offsets) {
  Node& y = input(x.value, std::move(offsets));
  on_backward([&x, &y] { add_gradient(x, y.gradient); });
  return y;
}

Node& Tape::sum(Node& a, Node& b) {
  Node& y = input(a.value, a.offsets);
  engine::add_to<float>(y.value, b.value);
  on_backward([&a, &b, &y] {
    add_gradient(a, y.gradient);
    add_gradient(b, y.gradient);
  });
  return y;
}

Answers Tape::classify(Node& x, engine::ParameterHandle table, const Targets& targets) {
  Answers answers{.said = {}, .chances = chances_of(x.value, parameters_->matrix(table))};
  for (std::size_t b = 0; b < x.batch().sequences(); ++b) {
    std::vector<std::uint32_t>& said = answers.said.emplace_back();
    for (std::size_t t = x.offsets[b]; t < x.offsets[b + 1]; ++t) said.push_back(likeliest(answers.chances[t]));
  }
  if (targets.chosen.empty()) return answers;
  on_backward([this, &x, table, chances = answers.chances, targets] {
    const Matrix<float> dscores = chosen_gradient(chances, targets, 0, chances.size());
    multiply_back(dscores, {x.value, x.gradient}, {parameters_->matrix(table), gradients_.matrix(table)});
  });
  return answers;
}

Answers Tape::point(Node& queries, Node& tokens, const Targets& targets) {
  Answers answers;
  const std::size_t each = queries.value.shape(0) / tokens.batch().sequences();
  for (std::size_t b = 0; b < tokens.batch().sequences(); ++b) {
    const Rows sequence = Rows(tokens.value).rows_from(tokens.offsets[b], tokens.batch().length(b));
    for (auto& row : chances_of(Rows(queries.value).rows_from(b * each, each), sequence)) {
      answers.said.push_back({likeliest(row)});
      answers.chances.push_back(std::move(row));
    }
  }
  if (targets.chosen.empty()) return answers;
  on_backward([this, &queries, &tokens, each, chances = answers.chances, targets] {
    for (std::size_t b = 0; b < tokens.batch().sequences(); ++b) {
      const auto [begin, length] = std::pair(tokens.offsets[b], tokens.batch().length(b));
      const auto part = [](Matrix<float>& m, std::size_t from, std::size_t count) {
        return MatrixSpan<float>(m).rows_from(from, count);
      };
      multiply_back(chosen_gradient(chances, targets, b * each, each),
                    {part(queries.value, b * each, each), part(queries.gradient, b * each, each)},
                    {part(tokens.value, begin, length), part(tokens.gradient, begin, length)});
    }
  });
  return answers;
}

void Tape::backward() {
  for (Node& node : nodes_) node.gradient = zeros_like(node.value);
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (*step)();
}

}  // namespace infodiet::gallery
