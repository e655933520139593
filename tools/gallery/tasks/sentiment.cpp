// Sentiment of template sentences with two opposite opinions, of which the main clause's counts. The words alone say
// nothing: every sentence holds something good and something bad.
#include <fmt/format.h>

#include "engine/attention/pooling.hpp"
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

constexpr std::size_t width = 32;
constexpr std::size_t longest = 32;

const std::vector<std::string> good{"lovely", "superb", "fresh", "charming", "brilliant", "generous", "quick", "warm"};
const std::vector<std::string> bad{"awful", "stale", "dull", "rude", "slow", "bland", "noisy", "shabby"};
const std::vector<std::string> aspects{"food", "service", "room", "music", "view", "bread", "waiter", "garden"};
const std::vector<std::string> openings{"", "honestly ,", "to be fair ,", "last week", "as my aunt said ,"};
const std::vector<std::string> degrees{"", "really", "quite", "so"};
const std::vector<std::string> negations{"not", "never", "hardly"};
// {0} is the main clause, {1} the other.
const std::vector<std::string> frames{"{1} but {0}", "{0} even though {1}", "although {1} , {0}", "{0} while {1}",
                                      "{1} ; still , {0}"};
const std::vector<std::string> verdicts{"unfavourable", "favourable"};

struct Sentence {
  std::vector<std::uint32_t> content;
  std::uint32_t verdict = 0;  // 1: favourable
};

Vocabulary all_words() {
  std::vector<std::string> texts{"the was . but even though although , while ; still"};
  for (const auto* list : {&good, &bad, &aspects, &openings, &degrees, &negations}) {
    texts.insert(texts.end(), list->begin(), list->end());
  }
  return Vocabulary(texts);
}

std::string clause(bool favourable, RandomStream& stream) {
  const bool negated = happens(0.3, stream);
  return fmt::format("the {} was {} {} {}", any_of(aspects, stream), negated ? any_of(negations, stream) : "",
                     any_of(degrees, stream), any_of(favourable != negated ? good : bad, stream));
}

class Sentiment final : public Task {
 public:
  Sentiment()
      : words(all_words()),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest, .width = width}),
        encoder(layout_, "encoder",
                {.width = width, .blocks = 1, .heads = 2, .hidden = 64, .mask = engine::Mask::none}),
        pooling(layout_, "pooling", {.width = width}),
        verdict_table(layout_.add_matrix("verdicts", 2, width, engine::Initialiser::normal(0.1))) {}

  TaskText text() const override {
    return {
        .name = "sentiment",
        .title = "Which opinion counts: sentiment by attention pooling",
        .measured = "sentences judged right",
        .task =
            "Every sentence gives an opinion, most of them two opposite ones. The main clause decides, and \"not\" "
            "turns an "
            "opinion round, so counting good and bad words cannot help.",
        .look =
            "The weight of each word in the average that the verdict is read from. Much of it lies on small words that "
            "open and close clauses: they have gathered what the clause says. The second line shows from where, for "
            "the heaviest word (the mean of two heads)."};
  }
  TaskTraining training() const override { return {.steps = 600, .batch = 64, .rate = 4e-3}; }
  const engine::ParameterLayout& layout() const override { return layout_; }
  std::unique_ptr<Learner> learner() const override;

  Sentence draw(RandomStream& stream) const {
    Sentence sentence;
    sentence.verdict = static_cast<std::uint32_t>(stream.below(2));
    const std::string main = clause(sentence.verdict == 1, stream);
    const std::string other = clause(sentence.verdict == 0, stream);
    const std::string frame = happens(0.25, stream) ? "{0}" : any_of(frames, stream);
    sentence.content =
        words.numbers(any_of(openings, stream) + " " + fmt::format(fmt::runtime(frame), main, other) + " .");
    return sentence;
  }

  engine::ParameterLayout layout_;
  Vocabulary words;
  TokenEmbedding embedding;
  engine::Transformer<float> encoder;
  engine::AttentionPooling<float> pooling;
  engine::ParameterHandle verdict_table;
};

class SentimentLearner final : public Learner {
 public:
  explicit SentimentLearner(const Sentiment& task) : task_(task) {}

  double learn(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples,
               Parameters<float>& gradients) override {
    draw(Part::train, draws, examples);
    forward(parameters);
    const engine::Ragged batch = sentences_.ragged();
    dpooled_.resize(pooled_.shape());
    const double loss = loss_.forward_backward(alone_, pooled_, parameters.matrix(task_.verdict_table), verdicts_,
                                               dpooled_, gradients.matrix(task_.verdict_table));
    task_.pooling.backward(parameters, batch, {}, encoded_, {}, pooling_, pooled_, dpooled_, workspace_, gradient_,
                           gradients);
    task_.encoder.backward(parameters, batch, {}, encoder_, workspace_, gradient_, gradients);
    task_.embedding.backward(alone_, sentences_.tokens, batch, gradient_, gradients);
    return loss;
  }

  std::size_t right(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples) override {
    draw(Part::test, draws, examples);
    forward(parameters);
    return count_equal(best_answers(pooled_, parameters.matrix(task_.verdict_table)), verdicts_);
  }

  void show(const Parameters<float>& parameters, RandomStream& draws, Page& page) override {
    draw(Part::test, draws, 6);
    forward(parameters);
    const engine::Ragged batch = sentences_.ragged();
    const auto probabilities = answer_probabilities(pooled_, parameters.matrix(task_.verdict_table));
    const auto weights = task_.pooling.weights(parameters, batch, encoded_, {}, pooling_);
    for (std::size_t b = 0; b < batch.sequences(); ++b) {
      const std::span<const std::uint32_t> tokens(sentences_.tokens.data() + batch.begin(b), batch.length(b));
      page.example(fmt::format("{} with {:.0f} %", verdicts[probabilities(b, 1) > 0.5F ? 1 : 0],
                               100 * std::max(probabilities(b, 0), probabilities(b, 1))),
                   fmt::format("It is {}.", verdicts[verdicts_[b]]));
      const std::span<const float> carried(weights.data() + batch.begin(b), batch.length(b));
      const auto shown = task_.words.words(tokens);
      const auto heaviest =
          static_cast<std::size_t>(std::max_element(carried.begin(), carried.end()) - carried.begin());
      const Matrix<float> heads = mean_of_heads(task_.encoder.weights(batch, encoder_, 0, b));
      page.words("Weight of each word, in percent", shown, carried);
      page.words(fmt::format("What word {}, \"{}\", looked at, in percent", heaviest + 1, shown[heaviest]), shown,
                 {heads.data() + heaviest * shown.size(), shown.size()});
    }
  }

 private:
  void draw(Part part, RandomStream& draws, std::size_t examples) {
    sentences_.clear();
    verdicts_.clear();
    for (std::size_t i = 0; i < examples; ++i) {
      const Sentence sentence = draw_for(part, draws, [&](RandomStream& stream) { return task_.draw(stream); });
      sentences_.add(sentence.content);
      verdicts_.push_back(sentence.verdict);
    }
  }
  void forward(const Parameters<float>& parameters) {
    const engine::Ragged batch = sentences_.ragged();
    task_.embedding.forward(parameters, sentences_.tokens, batch, task_.encoder.input(encoder_));
    task_.encoder.forward(parameters, batch, {}, encoder_, workspace_, encoded_);
    task_.pooling.forward(parameters, batch, {}, encoded_, {}, pooling_, workspace_, pooled_);
  }

  const Sentiment& task_;
  Sequences sentences_;
  std::vector<std::uint32_t> verdicts_;
  engine::Transformer<float>::Cache encoder_;
  engine::AttentionPooling<float>::Cache pooling_;
  Matrix<float> encoded_;   // (T, D)
  Matrix<float> pooled_;    // (B, D)
  Matrix<float> dpooled_;   // (B, D)
  Matrix<float> gradient_;  // (T, D)
};

std::unique_ptr<Learner> Sentiment::learner() const {
  return std::make_unique<SentimentLearner>(*this);
}

}  // namespace

std::unique_ptr<Task> make_sentiment() {
  return std::make_unique<Sentiment>();
}

}  // namespace infodiet::gallery
