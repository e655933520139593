// Who did what to whom: in passive and relative clauses the doer may stand before or after, near the verb or far from
// it, and another verb has other doers.
#include <fmt/format.h>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/parts/vocabulary.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t width = 48;
constexpr std::size_t longest = 24;

const std::vector<std::string> animals{"dog", "cat", "horse", "fox", "goat", "bear", "duck", "mouse"};
const std::vector<std::string> verbs{"chased", "followed", "carried", "watched", "helped", "greeted"};
const std::vector<std::string> places{"", "yesterday", "in the garden", "behind the house"};
// {0} does {3} to {1}; {2} and {4} are another doer or other deed. What is asked is always {3}.
const std::vector<std::string> frames{"the {0} {3} the {1}",
                                      "the {1} was {3} by the {0}",
                                      "the {0} that {3} the {1} {4} the {2}",
                                      "the {1} that the {0} {3} {4} the {2}",
                                      "the {2} {4} the {0} that {3} the {1}",
                                      "the {2} was {4} by the {1} that the {0} {3}",
                                      "the {0} that {4} the {2} {3} the {1}",
                                      "the {1} that the {2} {4} was {3} by the {0}"};

struct Clause {
  std::vector<std::uint32_t> content;
  std::vector<std::uint32_t> answer;  // places of who did it and of whom it was done to
  std::uint32_t verb = 0;             // the place of what is asked
};

Vocabulary all_words() {
  std::vector<std::string> texts{"the was by that ."};
  for (const auto* list : {&animals, &verbs, &places}) texts.insert(texts.end(), list->begin(), list->end());
  return Vocabulary(texts);
}

class Roles final : public TaskOf<Clause> {
 public:
  Roles()
      : TaskOf({.name = "roles",
                .title = "Who did what to whom: finding the roles of a verb",
                .measured = "sentences with both roles found",
                .task = "For one verb of a sentence the network points at who did it and at whom it was done to. In "
                        "the passive and in relative clauses they change sides, and another verb has others.",
                .look = "Where the network points for the doer and for whom it was done to, and what the verb attends "
                        "to on the way, in the last of its blocks (the mean of its heads)."},
               {.steps = 600, .batch = 64, .rate = 4e-3}),
        words(all_words()),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest, .width = width}),
        encoder(layout_, "encoder",
                {.width = width, .blocks = 2, .heads = 4, .hidden = 96, .mask = engine::Mask::none}),
        doer(layout_, "doer", {.in = width, .out = width}),
        done_to(layout_, "done_to", {.in = width, .out = width}) {}

  Clause draw(engine::RandomStream& stream) const override {
    const auto who = some_of(animals, 3, stream);
    const auto deeds = some_of(verbs, 2, stream);
    const std::string text =
        fmt::format(fmt::runtime(any_of(frames, stream)), who[0], who[1], who[2], deeds[0], deeds[1]);
    Clause clause;
    const std::vector<std::string> said = split_words(text);
    const auto place = [&](const std::string& word) {
      return static_cast<std::uint32_t>(std::find(said.begin(), said.end(), word) - said.begin());
    };
    clause.content = words.numbers(fmt::format("{} {} .", text, any_of(places, stream)));
    clause.answer = {place(who[0]), place(who[1])};
    clause.verb = place(deeds[0]);
    return clause;
  }

  Answers run(Tape& tape, const std::vector<Clause>& clauses) const override {
    Node& read = tape.encode(encoder, tape.embed(embedding, pack(clauses, &Clause::content)));
    std::vector<std::uint32_t> asked;
    std::vector<std::uint32_t> doers;
    std::vector<std::uint32_t> others;
    for (std::size_t b = 0; b < clauses.size(); ++b) {
      asked.push_back(static_cast<std::uint32_t>(read.offsets[b]) + clauses[b].verb);
      doers.push_back(clauses[b].answer[0]);
      others.push_back(clauses[b].answer[1]);
    }
    Node& verb = tape.pick(read, asked);
    Answers answers = tape.point(tape.linear(doer, verb), read, doers);
    const Answers second = tape.point(tape.linear(done_to, verb), read, others);
    for (std::size_t b = 0; b < clauses.size(); ++b) answers.said[b].push_back(second.said[b].front());
    answers.chances.insert(answers.chances.end(), second.chances.begin(), second.chances.end());
    answers.seen = {&read};
    return answers;
  }

  void show(const Clause& clause, std::size_t b, const Answers& answers, Page& page) const override {
    const auto shown = words.words(clause.content);
    page.example(fmt::format("Who {} whom? The {} the {}.", shown[clause.verb], shown[answers.said[b][0]],
                             shown[answers.said[b][1]]),
                 fmt::format("The answer is: the {} the {}.", shown[clause.answer[0]], shown[clause.answer[1]]));
    page.words("Who did it, in percent", shown, answers.chances[b]);
    page.words("To whom it was done, in percent", shown, answers.chances[answers.said.size() + b]);
    const Matrix<float> looked = answers.seen[0]->attention(encoder.options().blocks - 1, b);
    page.words(fmt::format("What \"{}\" attends to, in percent", shown[clause.verb]), shown,
               {looked.data() + clause.verb * shown.size(), shown.size()});
  }

  Vocabulary words;
  TokenEmbedding embedding;
  engine::Transformer<float> encoder;
  engine::Linear<float> doer;
  engine::Linear<float> done_to;
};

}  // namespace

std::unique_ptr<Task> make_roles() {
  return std::make_unique<Roles>();
}

}  // namespace infodiet::gallery
