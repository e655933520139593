// Sentiment of template sentences with two opposite opinions, of which the main clause's counts. Words alone decide
// nothing: every sentence says something good and something bad.
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

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

static std::string clause(bool favourable, RandomStream& stream) {
  const bool negated = happens(0.3, stream);
  return fmt::format("the {} was {} {} {}", any_of(aspects, stream), negated ? any_of(negations, stream) : "",
                     any_of(degrees, stream), any_of(favourable != negated ? good : bad, stream));
}

class Sentiment final : public AnsweringTask {
 public:
  Sentiment() : AnsweringTask("sentiment", {.steps = 600}) {}

  /// The answer is one of the verdicts.
  Example draw(RandomStream& stream) const override {
    Example sentence;
    sentence.answer = {static_cast<std::uint32_t>(stream.below(2))};
    const std::string main = clause(sentence.answer.front() == 1, stream);
    const std::string other = clause(sentence.answer.front() == 0, stream);
    const std::string frame = happens(0.25, stream) ? "{0}" : any_of(frames, stream);
    sentence.content =
        words.numbers(any_of(openings, stream) + " " + fmt::format(fmt::runtime(frame), main, other) + " .");
    return sentence;
  }

  Answers run(Tape& tape, const Examples& sentences) const override {
    Node& read = tape.encode(encoder, tape.embed(embedding, pack(sentences, &Example::content)));
    Node& whole = tape.pool(pooling, read);
    return tape.classify(whole, verdict_table, answers_of(sentences)).showing({&read, &whole});
  }

  void show(const Example& sentence, std::size_t b, const Answers& answers, Page& page) const override {
    const std::uint32_t said = answers.said[b].front();
    page.example(fmt::format("{} with {:.0f} %", verdicts[said], 100 * answers.chances[b][said]),
                 fmt::format("It is {}.", verdicts[sentence.answer.front()]));
    const auto shown = words.words(sentence.content);
    const Matrix<float> carried = answers.seen[1]->attention(0, b);
    const std::size_t heaviest = likeliest(row_of(carried, 0));
    page.words("Weight of each word, in percent", shown, row_of(carried, 0));
    page.words(fmt::format("What word {}, \"{}\", looked at, in percent", heaviest + 1, shown[heaviest]), shown,
               row_of(answers.seen[0]->attention(0, b), heaviest));
  }

  Vocabulary words{
      {"the was . but even though although , while ; still"}, good, bad, aspects, openings, degrees, negations};
  TokenEmbedding embedding{layout_, "words", {.vocabulary = words.size(), .longest = 32, .width = width}};
  engine::Transformer<float> encoder{layout_, "encoder", blocks(1)};
  engine::AttentionPooling<float> pooling{layout_, "pooling", {.width = width}};
  engine::ParameterHandle verdict_table = table("verdicts", 2, 0.1);
};

const MakeTask make_sentiment = make<Sentiment>;

}  // namespace infodiet::gallery
