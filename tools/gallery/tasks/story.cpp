// Question answering by pointing: where a person is after a story of who went where. Only the question says who is
// asked about, and only a person's last move counts.

#include <map>

#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr std::size_t asked_at = 2;  // "where is NAME ?"

const std::vector<std::string> names{"mary", "john", "ada", "omar", "lina", "piet"};
const std::vector<std::string> places{"kitchen", "garden", "harbour", "library", "market", "tower"};
const std::vector<std::string> moves{"went to", "ran to", "moved to", "walked to"};
const std::vector<std::string> things{"apple", "lamp", "book", "rope"};

class Stories final : public AnsweringTask {
 public:
  Stories() : AnsweringTask("story", {.steps = 600}) {}

  /// The content is question, then story; the answer an index among them.
  Example draw(RandomStream& stream) const override {
    const std::size_t sentences = 3 + stream.below(3);
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
    const std::string question = fmt::format("where is {} ? ", asked->first);
    return {.content = words.numbers(question + text),
            .answer = {static_cast<std::uint32_t>(split_words(question).size() + asked->second)}};
  }

  Answers run(Tape& tape, const Examples& stories) const override {
    Node& read = tape.encode(encoder, tape.embed(embedding, pack(stories, &Example::content)));
    return tape.point(tape.linear(pointer, tape.pick(read, asked_at)), read, answers_of(stories)).showing({&read});
  }

  void show(const Example& story, std::size_t b, const Answers& answers, Page& page) const override {
    const auto shown = words.words(story.content);
    page.example(fmt::format("Where is {}? In the {}.", shown[asked_at], shown[answers.said[b].front()]),
                 fmt::format("The answer is: in the {}.", shown[story.answer.front()]));
    page.words("Where the network points, in percent", shown, answers.chances[b]);
    const std::size_t place = answers.said[b].front();
    page.words(fmt::format("What this \"{}\" attended to in the first block, in percent", shown[place]), shown,
               row_of(answers.seen[0]->attention(0, b), place));
  }

  Vocabulary words{{"where is ? the . took"}, names, places, moves, things};
  TokenEmbedding embedding{layout_, "words", {.vocabulary = words.size(), .longest = 64, .width = width}};
  engine::Transformer<float> encoder{layout_, "encoder", sparse(blocks(2, Mask::none, distances(16, 64)))};
  engine::Linear<float> pointer{layout_, "pointer", {.in = width, .out = width}};
};

const MakeTask make_story = make<Stories>;

}  // namespace infodiet::gallery
