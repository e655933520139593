// Picking the sentence that sums up a short document. Four sentences of the same form claim to do so, but only one
// names the subjects of the others, so none can be judged by itself. In most documents all subjects and objects of
// comparison are named equally often, so that counting words cannot help; the few others make learning start faster.
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr std::size_t told = 3;  // subjects a document tells of

const std::vector<std::string> subjects{"harbour", "school", "bridge",  "theatre", "hospital", "railway",
                                        "market",  "museum", "airport", "stadium", "library",  "park",
                                        "bakery",  "cinema", "castle",  "zoo"};
const std::vector<std::string> news{"got a new roof",       "closes for a week",     "welcomed many guests",
                                    "needs more money",     "won a prize this year", "opens on sunday again",
                                    "was painted in green", "found a new director"};
const std::vector<std::string> headings{"today about the", "in short : the", "this page covers the"};

class Summaries final : public AnsweringTask {
 public:
  Summaries() : AnsweringTask("summary", {.steps = 500}) {}

  /// The content is the sentences end to end; the answer which of them sums up.
  Example draw(RandomStream& stream) const override {
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
    const auto found = std::find(texts.begin(), texts.end(), summary);
    return {.content = words.numbers(fmt::format("{}", fmt::join(texts, " "))),
            .answer = {static_cast<std::uint32_t>(found - texts.begin())}};
  }

  Answers run(Tape& tape, const Examples& documents) const override {
    Sequences sentences;
    std::vector<std::size_t> offsets{0};
    for (const Example& document : documents) {
      for (const auto& sentence : sentences_of(document)) sentences.add(sentence);
      offsets.push_back(sentences.offsets.size() - 1);
    }
    Node& pooled = tape.pool(pooling, tape.embed(embedding, sentences));
    pooled.offsets = offsets;  // the sentences of a document are a sequence now
    Node& read = tape.encode(encoder, pooled);
    Node& asked = tape.linear(pointer, tape.all_rows(chooser, documents.size()));
    return tape.point(asked, read, answers_of(documents)).showing({&pooled, &read});
  }

  void show(const Example& document, std::size_t b, const Answers& answers, Page& page) const override {
    page.example(fmt::format("Picked: sentence {}", answers.said[b].front() + 1),
                 fmt::format("The summary is sentence {}.", document.answer.front() + 1));
    std::vector<std::string> names;
    for (const auto& sentence : sentences_of(document)) {
      const std::size_t i = names.size();
      names.push_back(fmt::format("sentence {}", i + 1));
      page.words(fmt::format("Sentence {}, picked with {:.0f} %: weight of each word, in percent", i + 1,
                             100 * answers.chances[b][i]),
                 words.words(sentence), row_of(answers.seen[0]->attention(0, answers.seen[0]->offsets[b] + i), 0));
    }
    const Matrix<float> looked = answers.seen[1]->attention(0, b);
    page.table("What each sentence (row) attends to, in percent", names, names, looked);
  }

  /// Each ends in a full stop.
  std::vector<std::vector<std::uint32_t>> sentences_of(const Example& document) const {
    std::vector<std::vector<std::uint32_t>> sentences(1);
    for (const std::uint32_t word : document.content) {
      if (!sentences.back().empty() && sentences.back().back() == words.number(".")) sentences.emplace_back();
      sentences.back().push_back(word);
    }
    return sentences;
  }

  Vocabulary words{{"the , and . last night unlike"}, subjects, news, headings};
  TokenEmbedding embedding{layout_, "words", {.vocabulary = words.size(), .longest = 16, .width = width}};
  engine::AttentionPooling<float> pooling{layout_, "pooling", {.width = width}};
  engine::Transformer<float> encoder{layout_, "encoder", blocks(2)};
  engine::ParameterHandle chooser = table("chooser", 1);  // what a document is asked: the same for all
  engine::Linear<float> pointer{layout_, "pointer", {.in = width, .out = width}};
};

const MakeTask make_summary = make<Summaries>;

}  // namespace infodiet::gallery
