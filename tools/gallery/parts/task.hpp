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

using engine::RandomStream;

inline constexpr std::size_t width = 48;  ///< of most networks' vectors

/// Blocks of most networks.
inline engine::TransformerOptions blocks(std::size_t count, engine::Mask mask = engine::Mask::none,
                                         const engine::ScorePositions& positions = {}) {
  return {.width = width, .blocks = count, .heads = 2, .ffn_width = 2 * width, .mask = mask, .positions = positions};
}

/// The same with weights most of which are 0 (engine/attention/entmax.hpp).
inline engine::TransformerOptions sparse(engine::TransformerOptions options) {
  options.weighting = engine::Weighting::entmax15;
  return options;
}

/// What a task's page says of it: its entry in tasks/texts.json.
struct TaskText {
  std::string name;      ///< on the command line, and of its picture's file
  std::string title;     ///< a few words
  std::string measured;  ///< what the accuracy counts
  std::string task;      ///< input and question, in one or two sentences
  std::string look;      ///< what to look at in the picture
  std::string source;    ///< the file that has its network
};
TaskText text_of(const std::string& name);

struct TaskTraining {
  std::size_t steps = 300;
  std::size_t batch = 64;       ///< examples per step
  double learning_rate = 4e-3;  ///< peak
};

/// Draws examples from the given stream, so that results do not depend on the number of threads.
class Task {
 public:
  Task(const std::string& name, TaskTraining training) : text_(text_of(name)), training_(training) {}
  virtual ~Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  const TaskText& text() const { return text_; }
  const TaskTraining& training() const { return training_; }
  const engine::ParameterLayout& layout() const { return layout_; }

  /// Runs the network on `examples` training examples, on a tape that has begun.
  virtual void learn(Tape& tape, engine::RandomStream& draws, std::size_t examples) const = 0;
  /// The sum over `examples` test examples of how well each is answered: from 0, wrong, to 1, right.
  virtual double score(Tape& tape, engine::RandomStream& draws, std::size_t examples) const = 0;
  /// Adds a few test examples, with what was attended to, to a page.
  virtual void illustrate(Tape& tape, engine::RandomStream& draws, Page& page) const = 0;

 protected:
  /// Adds a table of vectors.
  engine::ParameterHandle table(const std::string& name, std::size_t rows, double deviation = 0.5,
                                std::size_t columns = width) {
    return layout_.add_matrix(name, rows, columns, engine::Initialiser::normal(deviation));
  }

  TaskText text_;
  TaskTraining training_;
  engine::ParameterLayout layout_;
};

/// A task whose examples have `content`, which decides whether they belong to the test, and `answer`.
template <class Example>
class TaskOf : public Task {
 public:
  using Task::Task;

  void learn(Tape& tape, engine::RandomStream& draws, std::size_t examples) const final {
    run(tape, several(Part::train, draws, examples));
  }
  double score(Tape& tape, engine::RandomStream& draws, std::size_t examples) const final {
    const std::vector<Example> drawn = several(Part::test, draws, examples);
    const Answers answers = answer(tape, drawn);
    double right = 0;
    for (std::size_t b = 0; b < drawn.size(); ++b) right += is_right(drawn[b], answers.said[b]) ? 1 : 0;
    return right;
  }
  void illustrate(Tape& tape, engine::RandomStream& draws, Page& page) const final {
    const std::vector<Example> drawn = several(Part::test, draws, pictured);
    const Answers answers = answer(tape, drawn);
    for (std::size_t b = 0; b < drawn.size(); ++b) show(drawn[b], b, answers, page);
  }

 protected:
  static constexpr std::size_t pictured = 4;

  virtual Example draw(engine::RandomStream& stream) const = 0;
  /// The network over examples, with the loss of their answers.
  virtual Answers run(Tape& tape, const std::vector<Example>& examples) const = 0;
  /// Its answers, without seeing the targets.
  virtual Answers answer(Tape& tape, const std::vector<Example>& examples) const { return run(tape, examples); }
  virtual bool is_right(const Example& example, const std::vector<std::uint32_t>& said) const {
    return said == example.answer;
  }
  virtual void show(const Example& example, std::size_t b, const Answers& answers, Page& page) const = 0;

  /// Answers of a network that writes up to `tokens` tokens, one after the other, of which the first `given` are known.
  Answers write(Tape& tape, std::vector<Example> examples, std::size_t tokens, std::size_t given = 0) const {
    for (Example& example : examples) example.answer.resize(given);
    Answers answers;
    for (std::size_t i = given; i < tokens; ++i) {
      for (Example& example : examples) example.answer.push_back(0);  // to be found
      tape.begin();
      answers = run(tape, examples);
      for (std::size_t b = 0; b < examples.size(); ++b) examples[b].answer.back() = answers.said[b].back();
    }
    for (std::size_t b = 0; b < examples.size(); ++b) answers.said[b] = examples[b].answer;
    return answers;
  }

 private:
  std::vector<Example> several(Part part, engine::RandomStream& draws, std::size_t count) const {
    std::vector<Example> examples;
    for (std::size_t i = 0; i < count; ++i) {
      examples.push_back(draw_for(part, draws, [this](engine::RandomStream& stream) { return draw(stream); }));
    }
    return examples;
  }
};

/// One member of every example, end to end.
template <class Example>
Sequences pack(const std::vector<Example>& examples, std::vector<std::uint32_t> Example::*member) {
  Sequences sequences;
  for (const Example& example : examples) sequences.add(example.*member);
  return sequences;
}

/// The images of all.
template <class Example>
std::vector<Image> images_of(const std::vector<Example>& examples) {
  std::vector<Image> images;
  for (const Example& example : examples) images.push_back(example.image);
  return images;
}

/// The answers of all, end to end.
template <class Example>
std::vector<std::uint32_t> answers_of(const std::vector<Example>& examples) {
  return pack(examples, &Example::answer).tokens;
}

/// The input of a network that writes: `start`, then the answer without its last token.
template <class Example>
Sequences read_so_far(const std::vector<Example>& examples, std::uint32_t start) {
  Sequences sequences;
  for (const Example& example : examples) {
    std::vector<std::uint32_t> read{start};
    read.insert(read.end(), example.answer.begin(), example.answer.end() - 1);
    sequences.add(read);
  }
  return sequences;
}

}  // namespace infodiet::gallery
