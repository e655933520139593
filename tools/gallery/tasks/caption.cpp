// Saying what an image shows: an encoder over patches, a decoder that writes words and attends to them (Xu et al. 2015,
// "Show, attend and tell", in the form of Vaswani et al. 2017). Two kinds of input joined by cross-attention.
#include <string_view>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t across = 4;  // patches in a row, and things in an image
constexpr std::size_t side = 6;    // of a patch, in pixels
constexpr std::size_t image_side = across * side;
constexpr std::size_t channels = 3;
constexpr std::size_t written = 3 * across - 1;  // words

constexpr std::array<std::array<double, channels>, 4> inks{
    {{0.85, 0.15, 0.1}, {0.1, 0.35, 0.85}, {0.1, 0.6, 0.2}, {0.95, 0.7, 0.1}}};
const std::vector<std::string> colours{"red", "blue", "green", "yellow"};
constexpr std::array<std::string_view, 4> forms{"################", "#####..##..#####", ".##.####.##..##.",
                                                "#..#.##..##.#..#"};
const std::vector<std::string> shapes{"square", "ring", "drop", "cross"};

struct Scene {
  std::vector<std::uint32_t> content;  // row, colour and shape of what is in every column
  std::vector<std::uint32_t> answer;   // words
  Image image;
};

class Captions final : public TaskOf<Scene> {
 public:
  Captions()
      : TaskOf("caption", {.steps = 550}),
        words({{"start left-of"}, colours, shapes}),
        projection(layout_, "patches", {.in = side * side * channels, .out = width}),
        positions(layout_, "positions", across * across, width),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = written, .width = width}),
        teller(layout_, "teller", {.encoder = blocks(1), .decoder = blocks(1, engine::Mask::causal)}) {}

  Scene draw(RandomStream& stream) const override {
    Scene scene;
    scene.image = {
        .size = image_side, .pixels = std::vector<float>(image_side * image_side * channels), .channels = channels};
    for (float& value : scene.image.pixels) value = static_cast<float>(1 - 0.15 * stream.uniform());
    std::string text;
    for (std::size_t column = 0; column < across; ++column) {
      const auto row = stream.below(across);
      const auto colour = stream.below(colours.size());
      const auto shape = stream.below(shapes.size());
      for (std::size_t dot = 0; dot < forms[shape].size(); ++dot) {
        if (forms[shape][dot] != '#') continue;
        const std::size_t y = row * side + 1 + dot / across;
        const std::size_t x = column * side + 1 + dot % across;
        for (std::size_t c = 0; c < channels; ++c) {
          scene.image.pixels[(y * image_side + x) * channels + c] = static_cast<float>(inks[colour][c]);
        }
      }
      for (const auto part : {row, colour, shape}) scene.content.push_back(static_cast<std::uint32_t>(part));
      text += fmt::format("{}{} {}", column > 0 ? " left-of " : "", colours[colour], shapes[shape]);
    }
    scene.answer = words.numbers(text);
    return scene;
  }

  Answers run(Tape& tape, const std::vector<Scene>& scenes) const override {
    Node& patches = tape.add_positions(positions, tape.linear(projection, tape.patches_of(images_of(scenes), across)));
    Node& so_far = tape.embed(embedding, read_so_far(scenes, words.numbers("start").front()));
    Node& decoded = tape.translate(teller, patches, so_far);
    return tape.classify(decoded, embedding.table, answers_of(scenes)).showing({&decoded});
  }
  Answers answer(Tape& tape, const std::vector<Scene>& scenes) const override { return write(tape, scenes, written); }

  void show(const Scene& scene, std::size_t b, const Answers& answers, Page& page) const override {
    const auto said = words.words(answers.said[b]);
    page.example(fmt::format("A {}", fmt::join(said, " ")),
                 fmt::format("The answer is: a {}.", fmt::join(words.words(scene.answer), " ")));
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    for (std::size_t w = 0; w < said.size(); ++w) {
      if (said[w] == "left-of") continue;
      page.image(fmt::format("\"{}\"", said[w]), scene.image, {&looked(w, 0), across * across});
    }
  }

  Vocabulary words;
  engine::Linear<float> projection;
  engine::LearnedPositions<float> positions;
  TokenEmbedding embedding;
  engine::EncoderDecoder<float> teller;
};

}  // namespace

std::unique_ptr<Task> make_caption() {
  return std::make_unique<Captions>();
}

}  // namespace infodiet::gallery
