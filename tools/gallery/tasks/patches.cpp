// Small images cut into patches (Dosovitskiy et al. 2021): which glyph is to the right of the black square? Whether a
// patch matters depends not on its content but on its neighbour.
#include <string_view>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

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
  std::vector<std::uint32_t> answer;   // the glyph to the right of it
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

class Patches final : public TaskOf<Puzzle> {
 public:
  Patches()
      : TaskOf("patches", {.steps = 500}),
        projection(layout_, "patches", {.in = side * side, .out = width}),
        encoder(layout_, "encoder",
                {.width = width,
                 .blocks = 1,
                 .heads = 2,
                 .ffn_width = 64,
                 .mask = engine::Mask::none,
                 .positions = {.relative = {.count = 16, .longest = 16}}}),
        pooling(layout_, "pooling", {.width = width}),
        glyph_table(table("glyphs", glyphs.size(), 0.1)) {}

  Puzzle draw(RandomStream& stream) const override {
    Puzzle puzzle;
    for (std::size_t p = 0; p < patches; ++p) {
      puzzle.content.push_back(static_cast<std::uint32_t>(stream.below(glyphs.size())));
    }
    puzzle.square = static_cast<std::uint32_t>(stream.below(across) * across + stream.below(across - 1));
    puzzle.answer = {puzzle.content[puzzle.square + 1]};
    puzzle.content.push_back(puzzle.square);
    puzzle.image = {.size = image_side, .pixels = std::vector<float>(image_side * image_side), .channels = 1};
    for (std::size_t p = 0; p < patches; ++p) {
      draw_patch(p == puzzle.square ? black_square : glyphs[puzzle.content[p]], p, puzzle.image, stream);
    }
    return puzzle;
  }

  Answers run(Tape& tape, const std::vector<Puzzle>& puzzles) const override {
    Node& read = tape.encode(encoder, tape.linear(projection, tape.patches_of(images_of(puzzles), across)));
    Node& whole = tape.pool(pooling, read);
    return tape.classify(whole, glyph_table, answers_of(puzzles)).showing({&read, &whole});
  }

  void show(const Puzzle& puzzle, std::size_t b, const Answers& answers, Page& page) const override {
    page.example(fmt::format("The {}", glyph_names[answers.said[b].front()]),
                 fmt::format("The answer is: the {}.", glyph_names[puzzle.answer.front()]));
    const Matrix<float> carried = answers.seen[1]->attention(0, b);
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    page.image("The image, and what its class is read from", puzzle.image, {carried.data(), patches});
    page.image("The image, and what the square looks at", puzzle.image,
               {looked.data() + puzzle.square * patches, patches});
  }

  engine::Linear<float> projection;
  engine::Transformer<float> encoder;
  engine::AttentionPooling<float> pooling;
  engine::ParameterHandle glyph_table;
};

}  // namespace

std::unique_ptr<Task> make_patches() {
  return std::make_unique<Patches>();
}

}  // namespace infodiet::gallery
