// Small images cut into patches (Dosovitskiy et al. 2021): which glyph is to the right of the black square? Whether a
// patch matters depends not on its content but on its neighbour.
#include <string_view>

#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr Canvas canvas{.across = 4, .side = 6};

constexpr std::array<std::string_view, 8> glyphs{"#..#.##..##.#..#", "####...##...####", ".##.#..##..#.##.",
                                                 "#...##..###.####", "#..##..######..#", "##....##..####..",
                                                 ".#..####.#...#..", "####.##..##..##."};
constexpr std::string_view black_square = "################";
const std::vector<std::string> glyph_names{"cross", "zed", "ring", "stairs", "aitch", "hook", "plus", "tee"};

class Patches final : public AnsweringTask {
 public:
  Patches() : AnsweringTask("patches", {.steps = 500}) {}

  /// The content is the glyph of every patch, then the patch hidden by the square.
  Example draw(RandomStream& stream) const override {
    Example puzzle{.numbers = canvas.blank(0)};
    const std::uint32_t square =
        between(0, canvas.patches(), stream) / canvas.across * canvas.across + between(0, canvas.across - 1, stream);
    for (std::uint32_t p = 0; p < canvas.patches(); ++p) {
      const std::uint32_t glyph = between(0, glyphs.size(), stream);
      puzzle.content.push_back(glyph);
      canvas.stamp(p == square ? black_square : glyphs[glyph], p, 1, std::array{0.75F}, puzzle.numbers);
    }
    add_noise(0.25F, puzzle.numbers, stream);
    puzzle.answer = {puzzle.content[square + 1]};
    puzzle.content.push_back(square);
    return puzzle;
  }

  Answers run(Tape& tape, const Examples& puzzles) const override {
    Node& read = tape.encode(encoder, tape.linear(projection, tape.input(puzzles, canvas.patch_size())));
    Node& whole = tape.pool(pooling, read);
    return tape.classify(whole, glyph_table, answers_of(puzzles)).showing({&read, &whole});
  }

  void show(const Example& puzzle, std::size_t b, const Answers& answers, Page& page) const override {
    page.example(fmt::format("The {}", glyph_names[answers.said[b].front()]),
                 fmt::format("The answer is: the {}.", glyph_names[puzzle.answer.front()]));
    page.image("The image, and what its class is read from", canvas, puzzle.numbers,
               row_of(answers.seen[1]->attention(0, b), 0));
    page.image("The image, and what the square looks at", canvas, puzzle.numbers,
               row_of(answers.seen[0]->attention(0, b), puzzle.content.back()));
  }

  engine::Linear<float> projection{layout_, "patches", {.in = canvas.patch_size(), .out = width}};
  engine::Transformer<float> encoder{layout_, "encoder", blocks(1, Mask::none, distances(16, 16))};
  engine::AttentionPooling<float> pooling{layout_, "pooling", {.width = width}};
  engine::ParameterHandle glyph_table = table("glyphs", glyphs.size(), 0.1);
};

const MakeTask make_patches = make<Patches>;

}  // namespace infodiet::gallery
