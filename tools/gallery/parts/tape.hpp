// Networks assembled from the engine's parts: a tape runs each part forward, keeps what its backward pass needs, and
// runs them backward in reverse order. For small, readable networks; the engine itself has no tape.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/attention/pooling.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/layers/linear.hpp"
#include "engine/transformer/encoder_decoder.hpp"
#include "tools/gallery/parts/examples.hpp"

namespace infodiet::gallery {

using engine::Matrix;

/// Sequences of vectors within a network.
struct Node {
  Matrix<float> value;               ///< (T, D)
  Matrix<float> gradient;            ///< (T, D) of the loss, empty until something is added
  std::vector<std::size_t> offsets;  ///< (B + 1) of the sequences
  /// The attention weights of one block for one sequence: a row for each token, the mean over heads.
  std::function<Matrix<float>(std::size_t block, std::size_t sequence)> attention{};

  engine::Ragged batch() const { return engine::Ragged(offsets); }
};

/// Numbers of a ragged batch, end to end.
struct Sequences {
  std::vector<std::uint32_t> tokens;       ///< (T)
  std::vector<std::size_t> offsets = {0};  ///< (B + 1)

  void add(std::span<const std::uint32_t> sequence) {
    tokens.insert(tokens.end(), sequence.begin(), sequence.end());
    offsets.push_back(tokens.size());
  }
};

/// The same sequence, several times.
Sequences repeated(std::span<const std::uint32_t> sequence, std::size_t times);

/// Answers as numbers: of classes, of words, or of positions in a sequence.
struct Answers {
  std::vector<std::vector<std::uint32_t>> said;  ///< by example
  std::vector<std::vector<float>> chances;       ///< (for each answer) probabilities of all possible answers
  std::vector<const Node*> seen{};               ///< nodes for pictures, in the task's order

  /// With what pictures need: nodes, and chances to go after its own.
  Answers showing(std::vector<const Node*> nodes, const std::vector<std::vector<float>>& more = {}) && {
    chances.insert(chances.end(), more.begin(), more.end());
    seen = std::move(nodes);
    return std::move(*this);
  }
};

/// What should be chosen, and how much each choice is worth (all 1 if empty): with returns as worth the loss is that of
/// the policy gradient (Williams 1992). Several times as many chosen as worths share each choice equally. Without any
/// there is no loss.
struct Targets {
  Targets(std::vector<std::uint32_t> all = {}, std::vector<float> worths = {})  // NOLINT: mostly there is nothing else
      : chosen(std::move(all)), worth(std::move(worths)) {}
  std::vector<std::uint32_t> chosen;
  std::vector<float> worth;
};

inline std::span<const float> row_of(const Matrix<float>& matrix, std::size_t row) {
  return {&matrix(row, 0), matrix.shape(1)};
}
/// The index of the largest.
std::uint32_t likeliest(std::span<const float> chances);

/// Tokens as vectors with positions: x_t = table[token_t] + position of t in its sequence. Parameters "<name>.table"
/// (V, D), "<name>.position.*".
struct TokenEmbedding {
  struct Options {
    std::size_t vocabulary = 0;
    std::size_t longest = 0;  ///< sequence
    std::size_t width = 0;
  };
  TokenEmbedding(engine::ParameterLayout& layout, const std::string& name, const Options& options);

  engine::ParameterHandle table;
  engine::LearnedPositions<float> positions;
};

/// Nodes stay valid until the next `begin`. Not thread-safe.
class Tape {
 public:
  explicit Tape(const engine::ParameterLayout& layout) : gradients_(layout) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Clears everything except the parameters' gradients; `parameters` must live until the next call.
  void begin(const engine::Parameters<float>& parameters);
  /// The same with the previous parameters.
  void begin() { begin(*parameters_); }

  /// The numbers of each example, rows of `width`.
  Node& input(const Examples& examples, std::size_t width);
  /// Rows of a table.
  Node& lookup(engine::ParameterHandle table, const Sequences& sequences);
  /// All rows of a table, as each of `count` sequences.
  Node& all_rows(engine::ParameterHandle table, std::size_t count);
  /// x, each token with a learned vector for its position added.
  Node& add_positions(const engine::LearnedPositions<float>& positions, Node& x);
  Node& embed(const TokenEmbedding& embedding, const Sequences& sequences) {
    return add_positions(embedding.positions, lookup(embedding.table, sequences));
  }
  Node& linear(const engine::Linear<float>& layer, Node& x);
  Node& encode(const engine::Transformer<float>& encoder, Node& x);
  /// The decoder's tokens, which attend to the source; `attention` has those weights.
  Node& translate(const engine::EncoderDecoder<float>& translator, Node& source, Node& target);
  /// A vector for each sequence, a sequence of one each. `attention` has one row.
  Node& pool(const engine::AttentionPooling<float>& pooling, Node& x);
  /// The token at `position` of every sequence, a sequence of one each.
  Node& pick(Node& x, std::size_t position);
  /// The sum of two, token by token.
  Node& sum(Node& a, Node& b);

  /// Adds to the loss: -log softmax(x table^T) at the targets (T), the mean over tokens. Answers of each sequence of x.
  Answers classify(Node& x, engine::ParameterHandle table, const Targets& targets = {});
  /// Each query (B n, D), n for each sequence, points at a token of it; targets (B n) are positions within it. Pointer
  /// networks (Vinyals, Fortunato & Jaitly 2015), with dot products. Adds the mean over queries to the loss.
  Answers point(Node& queries, Node& tokens, const Targets& targets = {});

  /// Adds the loss's gradient to the parameters'.
  void backward();
  engine::Parameters<float>& gradients() { return gradients_; }

 private:
  Node& add(std::vector<std::size_t> offsets);
  engine::Run<float> run() { return {.parameters = *parameters_, .workspace = workspace_, .gradients = &gradients_}; }
  /// Propagates the node's gradient to its inputs.
  void on_backward(std::function<void()> step) { steps_.push_back(std::move(step)); }

  engine::Parameters<float> gradients_;
  const engine::Parameters<float>* parameters_ = nullptr;
  engine::ThreadPool alone_{1};  // tables share their work among threads; a tape runs on one
  engine::Workspace<float> workspace_;
  std::deque<Node> nodes_;
  std::vector<std::function<void()>> steps_;
};

}  // namespace infodiet::gallery
