// Picking the sentence that sums up a short document. Four sentences of the same form claim to; only one names what the
// others tell of, so none can be judged by itself. In most documents everything that is named is named equally often,
// as a subject or in comparison, so that counting words cannot help; the few others make a start easier.
#include <fmt/format.h>

#include <array>

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

constexpr std::size_t width = 48;
constexpr std::size_t longest = 16;  // sentence, in words
constexpr std::size_t told = 3;      // subjects a document tells of

const std::vector<std::string> subjects{"harbour", "school", "bridge",  "theatre", "hospital", "railway",
                                        "market",  "museum", "airport", "stadium", "library",  "park",
                                        "bakery",  "cinema", "castle",  "zoo"};
const std::vector<std::string> news{"got a new roof",       "closes for a week",     "welcomed many guests",
                                    "needs more money",     "won a prize this year", "opens on sunday again",
                                    "was painted in green", "found a new director"};
const std::vector<std::string> headings{"today about the", "in short : the", "this page covers the"};

struct Document {
  std::vector<std::uint32_t> content;
  std::vector<std::vector<std::uint32_t>> sentences;
  std::uint32_t summary = 0;  // which of them
};

Vocabulary all_words() {
  std::vector<std::string> texts{"the , and . last night unlike"};
  for (const auto* list : {&subjects, &news, &headings}) texts.insert(texts.end(), list->begin(), list->end());
  return Vocabulary(texts);
}

class Summaries final : public Task {
 public:
  Summaries()
      : words(all_words()),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest, .width = width}),
        pooling(layout_, "pooling", {.width = width}),
        encoder(layout_, "encoder",
                {.width = width, .blocks = 2, .heads = 4, .hidden = 96, .mask = engine::Mask::none}),
        chooser(layout_.add_vector("chooser", width, engine::Initialiser::normal(0.5))),
        pointer(layout_, "pointer", width) {}

  TaskText text() const override {
    return {
        .name = "summary",
        .title = "Which sentence sums up the others",
        .measured = "summaries picked right",
        .task =
            "Three sentences each tell something of a subject, and mostly mention another in comparison; four "
            "sentences of "
            "the same form claim to sum them up. Only one names the three that are told of.",
        .look =
            "The weight of each word in the average that stands for its sentence, heaviest where a sentence names what "
            "it "
            "tells of; the probability of being picked; and what each sentence attends to in the first block (the mean "
            "of its heads)."};
  }
  TaskTraining training() const override { return {.steps = 500, .batch = 64, .rate = 4e-3}; }
  const engine::ParameterLayout& layout() const override { return layout_; }
  std::unique_ptr<Learner> learner() const override;

  Document draw(RandomStream& stream) const {
    const std::vector<std::string> named = some_of(subjects, 2 * told, stream);  // those told of, then the others
    std::vector<std::string> texts;
    const bool comparing = happens(0.75, stream);
    for (std::size_t i = 0; i < told; ++i) {
      texts.push_back(fmt::format("{} the {} {} {} .", happens(0.3, stream) ? "last night" : "", named[i],
                                  any_of(news, stream), comparing ? ", unlike the " + named[told + i] : ""));
    }
    const std::string heading = any_of(headings, stream);
    const auto claim = [&](std::array<std::size_t, told> which) {
      engine::shuffle(std::span<std::size_t>(which), stream);
      return fmt::format("{} {} , {} and {} .", heading, named[which[0]], named[which[1]], named[which[2]]);
    };
    // Each of the six is in two of the claims, and each wrong claim has one subject that is told of.
    const std::string summary = claim({0, 1, 2});
    texts.insert(texts.end(), {summary, claim({0, 4, 5}), claim({3, 1, 5}), claim({3, 4, 2})});
    engine::shuffle(std::span(texts), stream);
    Document document;
    for (std::size_t s = 0; s < texts.size(); ++s) {
      if (texts[s] == summary) document.summary = static_cast<std::uint32_t>(s);
      document.sentences.push_back(words.numbers(texts[s]));
      document.content.insert(document.content.end(), document.sentences[s].begin(), document.sentences[s].end());
    }
    return document;
  }

  engine::ParameterLayout layout_;
  Vocabulary words;
  TokenEmbedding embedding;
  engine::AttentionPooling<float> pooling;
  engine::Transformer<float> encoder;
  engine::ParameterHandle chooser;  // what a document is asked: the same for all
  Pointer pointer;
};

class SummaryLearner final : public Learner {
 public:
  explicit SummaryLearner(const Summaries& task) : task_(task) {}

  double learn(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples,
               Parameters<float>& gradients) override {
    draw(Part::train, draws, examples);
    forward(parameters);
    const engine::Ragged sentences = sentences_.ragged();
    const engine::Ragged documents(documents_);
    const double loss = task_.pointer.learn(parameters, documents, choosers_, encoded_, summaries_, alone_, loss_,
                                            pointer_, dchoosers_, gradient_, gradients);
    engine::scatter_add_rows<float>(alone_, dchoosers_, first_row_, 1, gradients.matrix(task_.chooser));
    task_.encoder.backward(parameters, documents, {}, encoder_, workspace_, gradient_, gradients);
    task_.pooling.backward(parameters, sentences, {}, embedded_, {}, pooling_, task_.encoder.input(encoder_), gradient_,
                           workspace_, dembedded_, gradients);
    task_.embedding.backward(alone_, sentences_.tokens, sentences, dembedded_, gradients);
    return loss;
  }

  std::size_t right(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples) override {
    draw(Part::test, draws, examples);
    forward(parameters);
    return count_equal(task_.pointer.best(parameters, engine::Ragged(documents_), choosers_, encoded_), summaries_);
  }

  void show(const Parameters<float>& parameters, RandomStream& draws, Page& page) override {
    draw(Part::test, draws, 3);
    forward(parameters);
    const engine::Ragged sentences = sentences_.ragged();
    const engine::Ragged documents(documents_);
    const auto picked = task_.pointer.best(parameters, documents, choosers_, encoded_);
    const auto pooled = task_.pooling.weights(parameters, sentences, embedded_, {}, pooling_);
    for (std::size_t b = 0; b < documents.sequences(); ++b) {
      const std::size_t count = documents.length(b);
      const std::vector<float> chances = task_.pointer.probabilities(parameters, documents, choosers_, encoded_, b);
      page.example(fmt::format("Picked: sentence {}", picked[b] + 1),
                   fmt::format("The summary is sentence {}.", summaries_[b] + 1));
      std::vector<std::string> names;
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t s = documents.begin(b) + i;
        const std::span<const std::uint32_t> tokens(sentences_.tokens.data() + sentences.begin(s), sentences.length(s));
        names.push_back(fmt::format("sentence {}", i + 1));
        page.words(
            fmt::format("Sentence {}, picked with {:.0f} %: weight of each word, in percent", i + 1, 100 * chances[i]),
            task_.words.words(tokens), {pooled.data() + sentences.begin(s), sentences.length(s)});
      }
      const Matrix<float> heads = mean_of_heads(task_.encoder.weights(documents, encoder_, 0, b));
      page.table("What each sentence (row) attends to, in percent", names, names, heads);
    }
  }

 private:
  void draw(Part part, RandomStream& draws, std::size_t examples) {
    sentences_.clear();
    documents_ = {0};
    summaries_.clear();
    for (std::size_t i = 0; i < examples; ++i) {
      const Document document = draw_for(part, draws, [&](RandomStream& stream) { return task_.draw(stream); });
      for (const auto& sentence : document.sentences) sentences_.add(sentence);
      documents_.push_back(documents_.back() + document.sentences.size());
      summaries_.push_back(document.summary);
    }
    first_row_.assign(examples, 0);
  }
  void forward(const Parameters<float>& parameters) {
    const engine::Ragged sentences = sentences_.ragged();
    task_.embedding.forward(parameters, sentences_.tokens, sentences, embedded_);
    task_.pooling.forward(parameters, sentences, {}, embedded_, {}, pooling_, workspace_,
                          task_.encoder.input(encoder_));
    task_.encoder.forward(parameters, engine::Ragged(documents_), {}, encoder_, workspace_, encoded_);
    engine::gather_rows<float>(parameters.matrix(task_.chooser), first_row_, 1, choosers_);
  }

  const Summaries& task_;
  Sequences sentences_;
  std::vector<std::size_t> documents_;    // (B + 1) offsets, in sentences
  std::vector<std::uint32_t> summaries_;  // (B)
  std::vector<std::uint32_t> first_row_;  // (B) the one chooser, for every document
  engine::AttentionPooling<float>::Cache pooling_;
  engine::Transformer<float>::Cache encoder_;
  Pointer::Cache pointer_;
  Matrix<float> embedded_;   // (T, D) words
  Matrix<float> dembedded_;  // (T, D)
  Matrix<float> encoded_;    // (S, D) sentences
  Matrix<float> gradient_;   // (S, D)
  Matrix<float> choosers_;   // (B, D)
  Matrix<float> dchoosers_;  // (B, D)
};

std::unique_ptr<Learner> Summaries::learner() const {
  return std::make_unique<SummaryLearner>(*this);
}

}  // namespace

std::unique_ptr<Task> make_summary() {
  return std::make_unique<Summaries>();
}

}  // namespace infodiet::gallery
