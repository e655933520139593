// Small images cut into patches (Dosovitskiy et al. 2021): which glyph stands to the right of the black square? What a
// patch shows says nothing about whether it matters; its neighbour does.
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "engine/attention/pooling.hpp"
#include "engine/transformer/transformer.hpp"
#include "tools/gallery/answers.hpp"
#include "tools/gallery/examples.hpp"
#include "tools/gallery/page.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

using engine::Matrix;
using engine::Parameters;
using engine::RandomStream;

constexpr std::size_t width = 48;
constexpr std::size_t across = 4;  // patches in a row
constexpr std::size_t patches = across * across;
constexpr std::size_t side = 6;        // of a patch, in pixels
constexpr std::size_t glyph_side = 4;  // of a glyph, with a pixel around it
constexpr std::size_t image_side = across * side;

constexpr std::array<std::string_view, 8> glyphs{"#..#.##..##.#..#", "####...##...####", ".##.#..##..#.##.",
                                                 "#...##..###.####", "#..##..######..#", "##....##..####..",
                                                 ".#..####.#...#..", "####.##..##..##."};
constexpr std::string_view black_square = "################";
const std::vector<std::string> glyph_names{"cross", "zed", "ring", "stairs", "aitch", "hook", "plus", "tee"};

struct Puzzle {
  std::vector<std::uint32_t> content;  // the glyph of every patch, then which is hidden by the square
  std::uint32_t square = 0;            // the patch of the black square
  std::uint32_t answer = 0;            // the glyph to the right of it
  Image image;
};

void draw_patch(std::string_view glyph, std::size_t patch, Image& image, RandomStream& stream) {
  const std::size_t top = patch / across * side;
  const std::size_t left = patch % across * side;
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x < side; ++x) {
      const bool edge = y == 0 || x == 0 || y == side - 1 || x == side - 1;
      const bool ink = !edge && glyph[(y - 1) * glyph_side + x - 1] == '#';
      image.pixels[(top + y) * image_side + left + x] =
          static_cast<float>((ink ? 0.75 : 0.0) + 0.25 * stream.uniform());
    }
  }
}

class Patches final : public Task {
 public:
  Patches()
      : projection(layout_, "patches", {.in = side * side, .out = width}),
        encoder(layout_, "encoder",
                {.width = width,
                 .blocks = 1,
                 .heads = 2,
                 .hidden = 64,
                 .mask = engine::Mask::none,
                 .positions = {.relative = {.count = 16, .longest = 16}}}),
        pooling(layout_, "pooling", {.width = width}),
        glyph_table(layout_.add_matrix("glyphs", glyphs.size(), width, engine::Initialiser::normal(0.1))) {}

  TaskText text() const override {
    return {
        .name = "patches",
        .title = "What stands beside the square: classifying images cut into patches",
        .measured = "images classified right",
        .task =
            "Sixteen patches of a noisy image, fifteen glyphs and a black square. The class of the image is the glyph "
            "just to the right of the square. Every glyph may be anywhere, any number of times.",
        .look =
            "First the weight of each patch, in percent, in the average that the class is read from: the square's. "
            "Then "
            "what the square itself looked at (the mean of two heads): most of all the patch after it."};
  }
  TaskTraining training() const override { return {.steps = 500, .batch = 64, .rate = 4e-3}; }
  const engine::ParameterLayout& layout() const override { return layout_; }
  std::unique_ptr<Learner> learner() const override;

  Puzzle draw(RandomStream& stream) const {
    Puzzle puzzle;
    for (std::size_t p = 0; p < patches; ++p) {
      puzzle.content.push_back(static_cast<std::uint32_t>(stream.below(glyphs.size())));
    }
    puzzle.square = static_cast<std::uint32_t>(stream.below(across) * across + stream.below(across - 1));
    puzzle.answer = puzzle.content[puzzle.square + 1];
    puzzle.content.push_back(puzzle.square);
    puzzle.image = {.size = image_side, .pixels = std::vector<float>(image_side * image_side)};
    for (std::size_t p = 0; p < patches; ++p) {
      draw_patch(p == puzzle.square ? black_square : glyphs[puzzle.content[p]], p, puzzle.image, stream);
    }
    return puzzle;
  }

  engine::ParameterLayout layout_;
  engine::Linear<float> projection;
  engine::Transformer<float> encoder;
  engine::AttentionPooling<float> pooling;
  engine::ParameterHandle glyph_table;
};

class PatchesLearner final : public Learner {
 public:
  explicit PatchesLearner(const Patches& task) : task_(task) {}

  double learn(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples,
               Parameters<float>& gradients) override {
    draw(Part::train, draws, examples);
    forward(parameters);
    const engine::Ragged batch(offsets_);
    dpooled_.resize(pooled_.shape());
    const double loss = loss_.forward_backward(alone_, pooled_, parameters.matrix(task_.glyph_table), answers_,
                                               dpooled_, gradients.matrix(task_.glyph_table));
    task_.pooling.backward(parameters, batch, {}, encoded_, {}, pooling_, pooled_, dpooled_, workspace_, gradient_,
                           gradients);
    task_.encoder.backward(parameters, batch, {}, encoder_, workspace_, gradient_, gradients);
    task_.projection.backward(parameters, pixels_, gradient_, dpixels_, gradients);
    return loss;
  }

  std::size_t right(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples) override {
    draw(Part::test, draws, examples);
    forward(parameters);
    return count_equal(best_answers(pooled_, parameters.matrix(task_.glyph_table)), answers_);
  }

  void show(const Parameters<float>& parameters, RandomStream& draws, Page& page) override {
    draw(Part::test, draws, 4);
    forward(parameters);
    const engine::Ragged batch(offsets_);
    const auto said = best_answers(pooled_, parameters.matrix(task_.glyph_table));
    const auto weights = task_.pooling.weights(parameters, batch, encoded_, {}, pooling_);
    for (std::size_t b = 0; b < puzzles_.size(); ++b) {
      const Matrix<float> heads = mean_of_heads(task_.encoder.weights(batch, encoder_, 0, b));
      page.example(fmt::format("The {}", glyph_names[said[b]]),
                   fmt::format("The answer is: the {}.", glyph_names[answers_[b]]));
      page.image("The image, and what its class is read from", puzzles_[b].image,
                 {weights.data() + batch.begin(b), patches});
      page.image("The image, and what the square looks at", puzzles_[b].image,
                 {heads.data() + puzzles_[b].square * patches, patches});
    }
  }

 private:
  void draw(Part part, RandomStream& draws, std::size_t examples) {
    puzzles_.clear();
    answers_.clear();
    offsets_ = {0};
    pixels_.resize({examples * patches, side * side});
    for (std::size_t i = 0; i < examples; ++i) {
      puzzles_.push_back(draw_for(part, draws, [&](RandomStream& stream) { return task_.draw(stream); }));
      answers_.push_back(puzzles_.back().answer);
      offsets_.push_back(offsets_.back() + patches);
      for (std::size_t at = 0; at < image_side * image_side; ++at) {
        const std::size_t y = at / image_side;
        const std::size_t x = at % image_side;
        const std::size_t patch = y / side * across + x / side;
        pixels_(i * patches + patch, y % side * side + x % side) = puzzles_.back().image.pixels[at];
      }
    }
  }
  void forward(const Parameters<float>& parameters) {
    const engine::Ragged batch(offsets_);
    task_.projection.forward(parameters, pixels_, task_.encoder.input(encoder_));
    task_.encoder.forward(parameters, batch, {}, encoder_, workspace_, encoded_);
    task_.pooling.forward(parameters, batch, {}, encoded_, {}, pooling_, workspace_, pooled_);
  }

  const Patches& task_;
  std::vector<Puzzle> puzzles_;
  std::vector<std::uint32_t> answers_;  // (B) glyphs
  std::vector<std::size_t> offsets_;    // (B + 1)
  engine::Transformer<float>::Cache encoder_;
  engine::AttentionPooling<float>::Cache pooling_;
  Matrix<float> pixels_;    // (T, pixels of a patch)
  Matrix<float> dpixels_;   // (T, pixels of a patch)
  Matrix<float> encoded_;   // (T, D)
  Matrix<float> gradient_;  // (T, D)
  Matrix<float> pooled_;    // (B, D)
  Matrix<float> dpooled_;   // (B, D)
};

std::unique_ptr<Learner> Patches::learner() const {
  return std::make_unique<PatchesLearner>(*this);
}

}  // namespace

std::unique_ptr<Task> make_patches() {
  return std::make_unique<Patches>();
}

}  // namespace infodiet::gallery
