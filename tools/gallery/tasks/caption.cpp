// Saying what an image shows: an encoder over patches, a decoder that writes words and attends to them (Xu et al. 2015,
// "Show, attend and tell", in the form of Vaswani et al. 2017). Two kinds of input joined by cross-attention.
#include <string_view>

#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr Canvas canvas{.across = 4, .side = 6, .channels = 3};  // a thing in every column
constexpr std::size_t written = 3 * canvas.across - 1;           // words

constexpr float inks[][canvas.channels] = {
    {0.85F, 0.15F, 0.1F}, {0.1F, 0.35F, 0.85F}, {0.1F, 0.6F, 0.2F}, {0.95F, 0.7F, 0.1F}};
const std::vector<std::string> colours{"red", "blue", "green", "yellow"};
constexpr std::array<std::string_view, 4> forms{"################", "#####..##..#####", ".##.####.##..##.",
                                                "#..#.##..##.#..#"};
const std::vector<std::string> shapes{"square", "ring", "drop", "cross"};

class Captions final : public AnsweringTask {
 public:
  Captions() : AnsweringTask("caption", {.steps = 600, .written = written}) {}

  /// The content is row, colour and shape of what is in every column.
  Example draw(RandomStream& stream) const override {
    Example scene{.numbers = canvas.blank(1)};
    std::string text;
    for (std::size_t column = 0; column < canvas.across; ++column) {
      const auto row = stream.below(canvas.across);
      const auto colour = stream.below(colours.size());
      const auto shape = stream.below(shapes.size());
      canvas.stamp(forms[shape], row * canvas.across + column, 1, inks[colour], scene.numbers);
      for (const auto part : {row, colour, shape}) scene.content.push_back(static_cast<std::uint32_t>(part));
      text += fmt::format("{}{} {}", column > 0 ? " left-of " : "", colours[colour], shapes[shape]);
    }
    add_noise(-0.15F, scene.numbers, stream);
    scene.answer = words.numbers(text);
    return scene;
  }

  Answers run(Tape& tape, const Examples& scenes) const override {
    Node& patches = tape.add_positions(positions, tape.linear(projection, tape.input(scenes, canvas.patch_size())));
    Node& so_far = tape.embed(embedding, read_so_far(scenes, words.number("start")));
    Node& decoded = tape.translate(teller, patches, so_far);
    return tape.classify(decoded, embedding.table, answers_of(scenes)).showing({&decoded});
  }

  void show(const Example& scene, std::size_t b, const Answers& answers, Page& page) const override {
    page.example("A " + words.text(answers.said[b]), fmt::format("The answer is: a {}.", words.text(scene.answer)));
    const auto said = words.words(answers.said[b]);
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    for (std::size_t w = 0; w < said.size(); ++w) {
      if (said[w] == "left-of") continue;
      page.image(fmt::format("\"{}\"", said[w]), canvas, scene.numbers, row_of(looked, w));
    }
  }

  Vocabulary words{{"start left-of"}, colours, shapes};
  engine::Linear<float> projection{layout_, "patches", {.in = canvas.patch_size(), .out = width}};
  engine::LearnedPositions<float> positions{layout_, "positions", canvas.patches(), width};
  TokenEmbedding embedding{layout_, "words", {.vocabulary = words.size(), .longest = written, .width = width}};
  engine::EncoderDecoder<float> teller{layout_, "teller", {.encoder = blocks(1), .decoder = blocks(1, Mask::causal)}};
};

const MakeTask make_caption = make<Captions>;

}  // namespace infodiet::gallery
