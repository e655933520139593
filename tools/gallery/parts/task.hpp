// The interface of a task of the gallery: its data, its network on a tape, and its picture. Training, measuring and
// decoding are shared by all tasks. Includes all that tasks are made from.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/gallery/parts/examples.hpp"
#include "tools/gallery/parts/page.hpp"
#include "tools/gallery/parts/tape.hpp"
#include "tools/gallery/parts/vocabulary.hpp"

namespace infodiet::gallery {

using engine::Mask;
using engine::RandomStream;

inline constexpr std::size_t width = 48;  ///< of most networks' vectors

/// A learned bias for each of `count` buckets of distances of up to so many tokens.
inline engine::ScorePositions distances(std::size_t count, std::size_t longest) {
  return {.relative = {.count = count, .longest = longest}};
}
/// Blocks of most networks.
inline engine::TransformerOptions blocks(std::size_t count, Mask mask = Mask::none,
                                         const engine::ScorePositions& positions = {}) {
  return {.width = width, .blocks = count, .heads = 2, .ffn_width = 2 * width, .mask = mask, .positions = positions};
}

/// The same with weights many of which are 0 (engine/attention/entmax.hpp).
inline engine::TransformerOptions sparse(engine::TransformerOptions options) {
  options.weighting = engine::Weighting::entmax15;
  return options;
}

struct TaskOptions {
  std::size_t steps = 300;      ///< of training
  double learning_rate = 4e-3;  ///< peak
  /// Tokens that the network writes one after the other; 0: it answers at once.
  std::size_t written = 0;
  std::size_t given = 0;  ///< of them, in every example
};

/// Draws from the given streams, so that results do not depend on the number of threads.
class Task {
 public:
  Task(std::string name, const TaskOptions& options) : name_(std::move(name)), options_(options) {}
  virtual ~Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  /// On the command line, and of its files.
  const std::string& name() const { return name_; }
  /// What its page says: an entry of its own in tasks/texts.json.
  std::string text(const std::string& key) const;
  const TaskOptions& options() const { return options_; }
  const engine::ParameterLayout& layout() const { return layout_; }

  /// Runs the network on `count` training examples, on a tape that has begun.
  virtual void learn(Tape& tape, RandomStream& draws, std::size_t count) const = 0;
  /// The sum over `count` test examples of how well each is answered: from 0, wrong, to 1, right.
  virtual double score(Tape& tape, RandomStream& draws, std::size_t count) const = 0;
  /// Adds a few test examples, with what was attended to, to a page.
  virtual void illustrate(Tape& tape, RandomStream& draws, Page& page) const = 0;

 protected:
  static constexpr std::size_t pictured = 4;  // examples

  /// Adds a table of vectors.
  engine::ParameterHandle table(const std::string& name, std::size_t rows, double deviation = 0.5,
                                std::size_t columns = width) {
    return layout_.add_matrix(name, rows, columns, engine::Initialiser::normal(deviation));
  }

  std::string name_;
  TaskOptions options_;
  engine::ParameterLayout layout_;
};

/// A task with right answers.
class AnsweringTask : public Task {
 public:
  using Task::Task;

  void learn(Tape& tape, RandomStream& draws, std::size_t count) const final;
  double score(Tape& tape, RandomStream& draws, std::size_t count) const final;
  void illustrate(Tape& tape, RandomStream& draws, Page& page) const final;

 protected:
  virtual Example draw(RandomStream& stream) const = 0;
  /// The network over examples, with the loss of their answers.
  virtual Answers run(Tape& tape, const Examples& examples) const = 0;
  virtual bool is_right(const Example& example, const std::vector<std::uint32_t>& said) const {
    return said == example.answer;
  }
  virtual void show(const Example& example, std::size_t b, const Answers& answers, Page& page) const = 0;

 private:
  Examples drawn(std::size_t count, Part part, RandomStream& draws) const;
  /// The network's answers, without seeing the right ones.
  Answers answer(Tape& tape, Examples examples) const;
};

/// One member of every example, end to end.
Sequences pack(const Examples& examples, std::vector<std::uint32_t> Example::*member);
/// The answers of all, end to end.
std::vector<std::uint32_t> answers_of(const Examples& examples);
/// The input of a network that writes: `start`, then the answer without its last token.
Sequences read_so_far(const Examples& examples, std::uint32_t start);

}  // namespace infodiet::gallery
