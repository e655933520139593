// Picking the sentence that sums up a short document. Four sentences of the same form claim to do so, but only one
// names the subjects of the others, so none can be judged by itself. In most documents all subjects and objects of
// comparison are named equally often, so that counting words cannot help; the few others make learning start faster.
#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

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
  std::vector<std::uint32_t> answer;  // which of them
};

class Summaries final : public TaskOf<Document> {
 public:
  Summaries()
      : TaskOf("summary", {.steps = 500}),
        words({{"the , and . last night unlike"}, subjects, news, headings}),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest, .width = width}),
        pooling(layout_, "pooling", {.width = width}),
        encoder(layout_, "encoder",
                {.width = width, .blocks = 2, .heads = 4, .ffn_width = 96, .mask = engine::Mask::none}),
        chooser(layout_.add_vector("chooser", width, engine::Initialiser::normal(0.5))),
        pointer(layout_, "pointer", {.in = width, .out = width}) {}

  Document draw(RandomStream& stream) const override {
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
      if (texts[s] == summary) document.answer = {static_cast<std::uint32_t>(s)};
      document.sentences.push_back(words.numbers(texts[s]));
      document.content.insert(document.content.end(), document.sentences[s].begin(), document.sentences[s].end());
    }
    return document;
  }

  Answers run(Tape& tape, const std::vector<Document>& documents) const override {
    Sequences sentences;
    std::vector<std::size_t> offsets{0};
    for (const Document& document : documents) {
      for (const auto& sentence : document.sentences) sentences.add(sentence);
      offsets.push_back(offsets.back() + document.sentences.size());
    }
    Node& pooled = tape.pool(pooling, tape.embed(embedding, sentences));
    Node& read = tape.encode(encoder, tape.regroup(pooled, offsets));
    Node& asked = tape.linear(pointer, tape.learned(chooser, documents.size()));
    return tape.point(asked, read, answers_of(documents)).showing({&pooled, &read});
  }

  void show(const Document& document, std::size_t b, const Answers& answers, Page& page) const override {
    page.example(fmt::format("Picked: sentence {}", answers.said[b].front() + 1),
                 fmt::format("The summary is sentence {}.", document.answer.front() + 1));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < document.sentences.size(); ++i) {
      const Matrix<float> weights = answers.seen[0]->attention(0, answers.seen[1]->offsets[b] + i);
      names.push_back(fmt::format("sentence {}", i + 1));
      page.words(fmt::format("Sentence {}, picked with {:.0f} %: weight of each word, in percent", i + 1,
                             100 * answers.chances[b][i]),
                 words.words(document.sentences[i]), {weights.data(), weights.size()});
    }
    const Matrix<float> looked = answers.seen[1]->attention(0, b);
    page.table("What each sentence (row) attends to, in percent", names, names, looked);
  }

  Vocabulary words;
  TokenEmbedding embedding;
  engine::AttentionPooling<float> pooling;
  engine::Transformer<float> encoder;
  engine::ParameterHandle chooser;  // what a document is asked: the same for all
  engine::Linear<float> pointer;
};

}  // namespace

std::unique_ptr<Task> make_summary() {
  return std::make_unique<Summaries>();
}

}  // namespace infodiet::gallery
