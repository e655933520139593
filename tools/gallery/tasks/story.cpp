// Question answering by pointing: who is where after a story of who went where, what is asked being known only from the
// question, and only the last of a person's moves counting.
#include <fmt/format.h>

#include <map>

#include "engine/transformer/transformer.hpp"
#include "tools/gallery/answers.hpp"
#include "tools/gallery/examples.hpp"
#include "tools/gallery/page.hpp"
#include "tools/gallery/tasks/tasks.hpp"
#include "tools/gallery/token_embedding.hpp"
#include "tools/gallery/vocabulary.hpp"

namespace infodiet::gallery {

namespace {

using engine::Matrix;
using engine::Parameters;
using engine::RandomStream;

constexpr std::size_t width = 48;
constexpr std::size_t longest = 64;
constexpr std::size_t asked_at = 2;  // "where is NAME ?"

const std::vector<std::string> names{"mary", "john", "ada", "omar", "lina", "piet"};
const std::vector<std::string> places{"kitchen", "garden", "harbour", "library", "market", "tower"};
const std::vector<std::string> moves{"went to", "ran to", "moved to", "walked to"};
const std::vector<std::string> things{"apple", "lamp", "book", "rope"};

struct Story {
  std::vector<std::uint32_t> content;  // question, then story
  std::uint32_t answer = 0;            // place of the answer among them
};

Vocabulary all_words() {
  std::vector<std::string> texts{"where is ? the . took"};
  for (const auto* list : {&names, &places, &moves, &things}) texts.insert(texts.end(), list->begin(), list->end());
  return Vocabulary(texts);
}

class Stories final : public Task {
 public:
  Stories()
      : words(all_words()),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest, .width = width}),
        encoder(layout_, "encoder",
                {.width = width,
                 .blocks = 2,
                 .heads = 2,
                 .hidden = 96,
                 .mask = engine::Mask::none,
                 .positions = {.relative = {.count = 16, .longest = 64}}}),
        pointer(layout_, "pointer", width) {}

  TaskText text() const override {
    return {
        .name = "story",
        .title = "Where is everybody: answering by pointing into a story",
        .measured = "questions answered right",
        .task =
            "A question, then a story. The network points at the word of the story that answers: the place that the "
            "person went to last. Others went elsewhere, and the person may have been elsewhere before.",
        .look =
            "Where the network points, and above it what the asked name attends to on the way, in the second of two "
            "blocks (the mean of its two heads)."};
  }
  TaskTraining training() const override { return {.steps = 600, .batch = 64, .rate = 4e-3}; }
  const engine::ParameterLayout& layout() const override { return layout_; }
  std::unique_ptr<Learner> learner() const override;

  Story draw(RandomStream& stream) const {
    const std::size_t sentences = 4 + stream.below(4);
    const std::vector<std::string> present = some_of(names, 3, stream);
    std::string text;
    std::map<std::string, std::size_t> last_place;  // of everybody, counted in words of the story
    for (std::size_t s = 0; s < sentences || last_place.empty(); ++s) {
      const std::string& who = any_of(present, stream);
      if (happens(0.25, stream)) {
        text += fmt::format("{} took the {} . ", who, any_of(things, stream));
      } else {
        text += fmt::format("{} {} the {} ", who, any_of(moves, stream), any_of(places, stream));
        last_place[who] = split_words(text).size() - 1;
        text += ". ";
      }
    }
    auto asked = last_place.begin();
    std::advance(asked, static_cast<std::ptrdiff_t>(stream.below(last_place.size())));
    Story story;
    story.content = words.numbers(fmt::format("where is {} ?", asked->first));
    story.answer = static_cast<std::uint32_t>(story.content.size() + asked->second);
    const auto told = words.numbers(text);
    story.content.insert(story.content.end(), told.begin(), told.end());
    return story;
  }

  engine::ParameterLayout layout_;
  Vocabulary words;
  TokenEmbedding embedding;
  engine::Transformer<float> encoder;
  Pointer pointer;
};

class StoryLearner final : public Learner {
 public:
  explicit StoryLearner(const Stories& task) : task_(task) {}

  double learn(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples,
               Parameters<float>& gradients) override {
    draw(Part::train, draws, examples);
    forward(parameters);
    const engine::Ragged batch = stories_.ragged();
    const double loss = task_.pointer.learn(parameters, batch, asked_, encoded_, answers_, alone_, loss_, pointer_,
                                            dasked_, gradient_, gradients);
    // forward: asked[b] = encoded[begin(b) + asked_at]
    for (std::size_t b = 0; b < batch.sequences(); ++b) {
      for (std::size_t d = 0; d < width; ++d) gradient_(batch.begin(b) + asked_at, d) += dasked_(b, d);
    }
    task_.encoder.backward(parameters, batch, {}, encoder_, workspace_, gradient_, gradients);
    task_.embedding.backward(alone_, stories_.tokens, batch, gradient_, gradients);
    return loss;
  }

  std::size_t right(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples) override {
    draw(Part::test, draws, examples);
    forward(parameters);
    return count_equal(task_.pointer.best(parameters, stories_.ragged(), asked_, encoded_), answers_);
  }

  void show(const Parameters<float>& parameters, RandomStream& draws, Page& page) override {
    draw(Part::test, draws, 4);
    forward(parameters);
    const engine::Ragged batch = stories_.ragged();
    const auto pointed = task_.pointer.best(parameters, batch, asked_, encoded_);
    for (std::size_t b = 0; b < batch.sequences(); ++b) {
      const auto words = task_.words.words({stories_.tokens.data() + batch.begin(b), batch.length(b)});
      page.example(fmt::format("Where is {}? In the {}.", words[asked_at], words[pointed[b]]),
                   fmt::format("The answer is: in the {}.", words[answers_[b]]));
      const Matrix<float> heads =
          mean_of_heads(task_.encoder.weights(batch, encoder_, task_.encoder.options().blocks - 1, b));
      page.words(fmt::format("What \"{}\" attends to, in percent", words[asked_at]), words,
                 {heads.data() + asked_at * words.size(), words.size()});
      page.words("Where the network points, in percent", words,
                 task_.pointer.probabilities(parameters, batch, asked_, encoded_, b));
    }
  }

 private:
  void draw(Part part, RandomStream& draws, std::size_t examples) {
    stories_.clear();
    answers_.clear();
    for (std::size_t i = 0; i < examples; ++i) {
      const Story story = draw_for(part, draws, [&](RandomStream& stream) { return task_.draw(stream); });
      stories_.add(story.content);
      answers_.push_back(story.answer);
    }
  }
  void forward(const Parameters<float>& parameters) {
    const engine::Ragged batch = stories_.ragged();
    task_.embedding.forward(parameters, stories_.tokens, batch, task_.encoder.input(encoder_));
    task_.encoder.forward(parameters, batch, {}, encoder_, workspace_, encoded_);
    std::vector<std::uint32_t> asked;
    for (std::size_t b = 0; b < batch.sequences(); ++b) {
      asked.push_back(static_cast<std::uint32_t>(batch.begin(b) + asked_at));
    }
    engine::gather_rows<float>(encoded_, asked, 1, asked_);
  }

  const Stories& task_;
  Sequences stories_;
  std::vector<std::uint32_t> answers_;
  engine::Transformer<float>::Cache encoder_;
  Pointer::Cache pointer_;
  Matrix<float> encoded_;   // (T, D)
  Matrix<float> asked_;     // (B, D) the asked names'
  Matrix<float> dasked_;    // (B, D)
  Matrix<float> gradient_;  // (T, D)
};

std::unique_ptr<Learner> Stories::learner() const {
  return std::make_unique<StoryLearner>(*this);
}

}  // namespace

std::unique_ptr<Task> make_story() {
  return std::make_unique<Stories>();
}

}  // namespace infodiet::gallery
