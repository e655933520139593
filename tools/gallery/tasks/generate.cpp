// Writing brackets that close what was opened: what comes next depends on the last bracket that is still open, however
// far back it is. Mixed brackets are the language that grammars with nesting come down to (Chomsky & Schuetzenberger
// 1963).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/parts/vocabulary.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t width = 48;
constexpr std::size_t length = 16;
constexpr std::size_t given = 8;    // characters that the network goes on from
constexpr std::size_t deepest = 4;  // brackets open at once
constexpr std::uint32_t kinds = 3;  // character k opens what character kinds + k closes
const std::string characters = "( [ { ) ] } start";

struct Expression {
  std::vector<std::uint32_t> content;
  std::vector<std::uint32_t> answer;  // all of it
};

/// Where the bracket was opened that the one at `place` closes, or `place` itself where that is none's.
std::size_t partner(std::span<const std::uint32_t> text, std::size_t place) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < place; ++i) {
    if (text[i] < kinds) {
      open.push_back(i);
    } else if (!open.empty()) {
      open.pop_back();
    }
  }
  return text[place] >= kinds && !open.empty() ? open.back() : place;
}

bool well_formed(std::span<const std::uint32_t> text) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < kinds) {
      ++open;
    } else if (open-- == 0 || text[partner(text, i)] + kinds != text[i]) {
      return false;
    }
  }
  return open == 0;
}

class Expressions final : public TaskOf<Expression> {
 public:
  Expressions()
      : TaskOf({.name = "generate",
                .title = "Writing well-formed expressions, one character at a time",
                .measured = "endings that close every bracket in turn",
                .task = "The network reads the first half of an expression of three kinds of brackets and writes the "
                        "other half. Each bracket must close the last one that is still open.",
                .look = "Each row is a character written, each column one read before it (the first is the start), "
                        "each cell the weight in percent in the last block (the mean of its heads)."},
               {.steps = 800, .batch = 64, .rate = 4e-3}),
        words(std::vector<std::string>{characters}),
        embedding(layout_, "characters", {.vocabulary = words.size(), .longest = length, .width = width}),
        decoder(layout_, "decoder", {.width = width, .blocks = 2, .heads = 4, .hidden = 96}) {}

  Expression draw(engine::RandomStream& stream) const override {
    Expression expression;
    std::vector<std::uint32_t> open;
    for (std::size_t left = length; left > 0; --left) {
      const bool must_close = open.size() == left || open.size() == deepest;
      if (open.empty() || (!must_close && happens(0.5, stream))) {
        open.push_back(static_cast<std::uint32_t>(stream.below(kinds)));
        expression.answer.push_back(open.back());
      } else {
        expression.answer.push_back(open.back() + kinds);
        open.pop_back();
      }
    }
    // The start alone, so that no test was begun in training.
    expression.content.assign(expression.answer.begin(), expression.answer.begin() + given);
    return expression;
  }

  Answers run(Tape& tape, const std::vector<Expression>& expressions) const override {
    const Sequences so_far = read_so_far(expressions, words.numbers("start").front());
    Node& written = tape.encode(decoder, tape.embed(embedding, so_far));
    Answers answers = tape.classify(written, embedding.table, answers_of(expressions));
    answers.seen = {&written};
    return answers;
  }
  Answers answer(Tape& tape, const std::vector<Expression>& expressions) const override {
    return write(tape, expressions, length, given);
  }
  bool is_right(const Expression&, const std::vector<std::uint32_t>& said) const override { return well_formed(said); }

  void show(const Expression&, std::size_t b, const Answers& answers, Page& page) const override {
    const auto out = words.words(answers.said[b]);
    page.example(
        fmt::format("{}", fmt::join(out, " ")),
        fmt::format("Given were the first {}. {}.", given,
                    well_formed(answers.said[b]) ? "Every bracket is closed in its turn" : "It is not closed"));
    std::vector<std::string> read{"start"};
    read.insert(read.end(), out.begin(), out.end() - 1);
    const Matrix<float> looked = answers.seen[0]->attention(decoder.options().blocks - 1, b);
    page.table("Weight of every character read (columns) for every character written (rows), in percent", out, read,
               looked);
  }

  Vocabulary words;
  TokenEmbedding embedding;
  engine::Transformer<float> decoder;
};

}  // namespace

std::unique_ptr<Task> make_generate() {
  return std::make_unique<Expressions>();
}

}  // namespace infodiet::gallery
