// A caption for an image: an encoder over its patches and a decoder that says what it sees, word by word, attending to
// the patches that the word is about (Xu et al. 2015 in the form of Vaswani et al. 2017).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/parts/vocabulary.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t width = 48;
constexpr std::size_t across = 4;  // patches in a row
constexpr std::size_t side = 5;    // of a patch, in pixels
constexpr std::size_t length = 8;  // words of a caption

const std::vector<std::string> colours{"red", "green", "blue", "yellow"};
constexpr std::array<std::array<double, 3>, 4> inks{
    {{0.85, 0.2, 0.2}, {0.2, 0.65, 0.3}, {0.2, 0.35, 0.85}, {0.9, 0.75, 0.1}}};
const std::vector<std::string> shapes{"square", "ring", "cross", "bar"};
constexpr std::array<std::string_view, 4> drawings{"#########################", "######...##...##...######",
                                                   "..#....#..#####..#....#..", "..........##########....."};

struct Scene {
  std::vector<std::uint32_t> content;  // colour, shape and patch of either thing, the one that is named first before
  std::vector<std::uint32_t> answer;   // words
  Image image;
};

void paint(std::uint32_t colour, std::uint32_t shape, std::size_t patch, Image& image) {
  for (std::size_t at = 0; at < side * side; ++at) {
    if (drawings[shape][at] != '#') continue;
    const std::size_t y = patch / across * side + at / side;
    const std::size_t x = patch % across * side + at % side;
    for (std::size_t c = 0; c < 3; ++c)
      image.pixels[(y * image.size + x) * 3 + c] = static_cast<float>(inks[colour][c]);
  }
}

class Captions final : public TaskOf<Scene> {
 public:
  Captions()
      : TaskOf(
            {.name = "caption",
             .title = "Saying what there is to see: a decoder that attends to an image",
             .measured = "captions right to the last word",
             .task = "Two things of any colour and shape stand beside or above each other in a noisy image. The "
                     "network names them and how they stand, one word after the other. Training never saw the test's "
                     "pairs of things in their places.",
             .look = "For the words that matter, the weight of each patch in percent (the mean of two heads): colour "
                     "and shape are read where the thing is."},
            {.steps = 900, .batch = 64, .rate = 4e-3}),
        words(std::vector<std::string>{"a left of above . start", "red green blue yellow square ring cross bar"}),
        patches(layout_, "patches", {.in = side * side * 3, .out = width}),
        places(layout_, "places", across * across, width),
        embedding(layout_, "words", {.vocabulary = words.size(), .longest = length, .width = width}),
        translator(layout_, "translator",
                   {.encoder = {.width = width, .blocks = 1, .heads = 2, .hidden = 96, .mask = engine::Mask::none},
                    .decoder = {.width = width, .blocks = 1, .heads = 2, .hidden = 96}}) {}

  Scene draw(engine::RandomStream& stream) const override {
    Scene scene{.content = {}, .answer = {}, .image = {.size = across * side, .pixels = {}, .channels = 3}};
    for (std::size_t i = 0; i < across * side * across * side * 3; ++i) {
      scene.image.pixels.push_back(static_cast<float>(1 - 0.2 * stream.uniform()));
    }
    const bool beside = happens(0.5, stream);
    const std::size_t line = stream.below(across);
    const std::size_t first = stream.below(across - 1);
    const std::size_t second = first + 1 + stream.below(across - 1 - first);
    std::string said;
    for (const std::size_t at : {first, second}) {
      const std::size_t patch = beside ? line * across + at : at * across + line;
      const auto colour = static_cast<std::uint32_t>(stream.below(colours.size()));
      const auto shape = static_cast<std::uint32_t>(stream.below(shapes.size()));
      paint(colour, shape, patch, scene.image);
      scene.content.insert(scene.content.end(), {colour, shape, static_cast<std::uint32_t>(patch)});
      said += fmt::format("{} a {} {}",
                          said.empty() ? ""
                          : beside     ? " left of"
                                       : " above",
                          colours[colour], shapes[shape]);
    }
    scene.answer = words.numbers(said + (beside ? "" : " ."));
    return scene;
  }

  Answers run(Tape& tape, const std::vector<Scene>& scenes) const override {
    std::vector<Image> images;
    for (const Scene& scene : scenes) images.push_back(scene.image);
    Node& seen = tape.place(places, tape.linear(patches, tape.patches_of(images, across)));
    Node& said = tape.embed(embedding, read_so_far(scenes, words.numbers("start").front()));
    Node& decoded = tape.translate(translator, seen, said);
    Answers answers = tape.classify(decoded, embedding.table, answers_of(scenes));
    answers.seen = {&decoded};
    return answers;
  }
  Answers answer(Tape& tape, const std::vector<Scene>& scenes) const override { return write(tape, scenes, length); }

  void show(const Scene& scene, std::size_t b, const Answers& answers, Page& page) const override {
    const auto out = words.words(answers.said[b]);
    page.example(fmt::format("{}", fmt::join(out, " ")),
                 fmt::format("The answer is: {}", fmt::join(words.words(scene.answer), " ")));
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] == "a" || out[i] == "of" || out[i] == ".") continue;
      page.image(fmt::format("What is looked at to write \"{}\"", out[i]), scene.image,
                 {looked.data() + i * across * across, across * across});
    }
  }

  Vocabulary words;
  engine::Linear<float> patches;
  engine::LearnedPositions<float> places;
  TokenEmbedding embedding;
  engine::EncoderDecoder<float> translator;
};

}  // namespace

std::unique_ptr<Task> make_caption() {
  return std::make_unique<Captions>();
}

}  // namespace infodiet::gallery
