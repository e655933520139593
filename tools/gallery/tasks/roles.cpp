// Who did what to whom: pointing at two words of a sentence with passives and relative clauses, in which the actor may
// come first, last or in between.
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

const std::vector<std::string> animals{"cat", "dog", "fox", "goat", "hare", "mole", "owl", "rook", "seal", "wolf"};
const std::vector<std::string> deeds{"chased", "greeted", "heard", "helped", "saw", "trusted"};
// {0} to {2} are animals, {3} and {4} deeds; then who did {3} to whom, and who did {4} to whom.
struct Pattern {
  std::string text;
  std::size_t first[2];
  std::size_t second[2];
};
const std::vector<Pattern> patterns{
    {"the {0} that {3} the {1} {4} the {2} .", {0, 1}, {0, 2}},
    {"the {0} that the {1} {3} {4} the {2} .", {1, 0}, {0, 2}},
    {"the {0} that was {3} by the {1} {4} the {2} .", {1, 0}, {0, 2}},
    {"the {0} that {3} the {1} was {4} by the {2} .", {0, 1}, {2, 0}},
    {"the {0} that the {1} {3} was {4} by the {2} .", {1, 0}, {2, 0}},
    {"the {0} {3} the {1} that {4} the {2} .", {0, 1}, {1, 2}},
    {"the {0} {3} the {1} that was {4} by the {2} .", {0, 1}, {2, 1}},
    {"the {0} was {3} by the {1} that the {2} {4} .", {1, 0}, {2, 1}},
};

class Roles final : public AnsweringTask {
 public:
  Roles() : AnsweringTask("roles", {.steps = 650}) {}

  /// The content is the deed that is asked about, then the sentence; the answer the positions of who did it and to
  /// whom.
  Example draw(RandomStream& stream) const override {
    const Pattern& pattern = any_of(patterns, stream);
    const auto who = some_of(animals, 3, stream);
    const auto did = some_of(deeds, 2, stream);
    const bool first = happens(0.5, stream);
    Example sentence;
    sentence.content = words.numbers(fmt::format("{} ? ", did[first ? 0 : 1]) +
                                     fmt::format(fmt::runtime(pattern.text), who[0], who[1], who[2], did[0], did[1]));
    for (const std::size_t role : first ? pattern.first : pattern.second) {
      const auto found = std::find(sentence.content.begin(), sentence.content.end(), words.number(who[role]));
      sentence.answer.push_back(static_cast<std::uint32_t>(found - sentence.content.begin()));
    }
    return sentence;
  }

  Answers run(Tape& tape, const Examples& sentences) const override {
    Node& read = tape.encode(encoder, tape.embed(embedding, pack(sentences, &Example::content)));
    std::vector<std::uint32_t> roles[2];
    for (const Example& sentence : sentences) {
      for (std::size_t role = 0; role < 2; ++role) roles[role].push_back(sentence.answer[role]);
    }
    Node& deed = tape.pick(read, 0);
    Answers answers = tape.point(tape.linear(doer, deed), read, roles[0]);
    const Answers to_whom = tape.point(tape.linear(other, deed), read, roles[1]);
    for (std::size_t b = 0; b < sentences.size(); ++b) answers.said[b].push_back(to_whom.said[b].front());
    return std::move(answers).showing({&read}, to_whom.chances);
  }

  void show(const Example& sentence, std::size_t b, const Answers& answers, Page& page) const override {
    const auto shown = words.words(sentence.content);
    const auto say = [&](const std::vector<std::uint32_t>& roles) {
      return fmt::format("the {} {} the {}", shown[roles[0]], shown.front(), shown[roles[1]]);
    };
    page.example(say(answers.said[b]), fmt::format("The answer is: {}.", say(sentence.answer)));
    page.words("Who did it: where the first pointer points, in percent", shown, answers.chances[b]);
    page.words("To whom: where the second pointer points, in percent", shown, answers.chances[answers.said.size() + b]);
    page.words(fmt::format("What \"{}\" attends to, in percent", shown.front()), shown,
               row_of(answers.seen[0]->attention(1, b), 0));
  }

  Vocabulary words{{"the that was by . ?"}, animals, deeds};
  TokenEmbedding embedding{layout_, "words", {.vocabulary = words.size(), .longest = 20, .width = width}};
  engine::Transformer<float> encoder{layout_, "encoder", blocks(2, Mask::none, distances(16, 16))};
  engine::Linear<float> doer{layout_, "doer", {.in = width, .out = width}};
  engine::Linear<float> other{layout_, "other", {.in = width, .out = width}};
};

const MakeTask make_roles = make<Roles>;

}  // namespace infodiet::gallery
