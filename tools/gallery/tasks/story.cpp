// Question answering by pointing: where a person is after a story of who went where. Only the question says who is
// asked about, and only a person's last move counts.

#include <map>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t longest = 64;
constexpr std::size_t asked_at = 2;  // "where is NAME ?"

const std::vector<std::string> names{"mary", "john", "ada", "omar", "lina", "piet"};
const std::vector<std::string> places{"kitchen", "garden", "harbour", "library", "market", "tower"};
const std::vector<std::string> moves{"went to", "ran to", "moved to", "walked to"};
const std::vector<std::string> things{"apple", "lamp", "book", "rope"};

struct Story {
  std::vector<std::uint32_t> content;  // question, then story
  std::vector<std::uint32_t> answer;   // its index among them
};

class Stories final : public TaskOf<Story> {
 public:
  Stories()
      : TaskOf("story", {.steps = 500}),
        words({{"where is ? the . took"}, names, places, moves, things}),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest, .width = width}),
        encoder(layout_, "encoder", sparse(blocks(2, engine::Mask::none, {.relative = {.count = 16, .longest = 64}}))),
        pointer(layout_, "pointer", {.in = width, .out = width}) {}

  Story draw(RandomStream& stream) const override {
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
    story.answer = {static_cast<std::uint32_t>(story.content.size() + asked->second)};
    const auto told = words.numbers(text);
    story.content.insert(story.content.end(), told.begin(), told.end());
    return story;
  }

  Answers run(Tape& tape, const std::vector<Story>& stories) const override {
    Node& read = tape.encode(encoder, tape.embed(embedding, pack(stories, &Story::content)));
    return tape.point(tape.linear(pointer, tape.pick(read, asked_at)), read, answers_of(stories)).showing({&read});
  }

  void show(const Story& story, std::size_t b, const Answers& answers, Page& page) const override {
    const auto shown = words.words(story.content);
    page.example(fmt::format("Where is {}? In the {}.", shown[asked_at], shown[answers.said[b].front()]),
                 fmt::format("The answer is: in the {}.", shown[story.answer.front()]));
    page.words("Where the network points, in percent", shown, answers.chances[b]);
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    const std::size_t place = answers.said[b].front();
    page.words(fmt::format("What this \"{}\" attended to in the first block, in percent", shown[place]), shown,
               {looked.data() + place * shown.size(), shown.size()});
  }

  Vocabulary words;
  TokenEmbedding embedding;
  engine::Transformer<float> encoder;
  engine::Linear<float> pointer;
};

}  // namespace

std::unique_ptr<Task> make_story() {
  return std::make_unique<Stories>();
}

}  // namespace infodiet::gallery
