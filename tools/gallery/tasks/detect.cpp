// What and where: learned queries look at the patches of an image, and each names one thing and masks its patches, or
// says nothing. Which query stands for which thing is decided anew for every image by the cheapest matching (Carion et
// al. 2020, DETR), so their order does not matter.
#include "engine/losses/assignment.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr Canvas canvas{.across = 5, .side = 6};
constexpr std::size_t queries = 3;  // things in an image at most
constexpr float masked = 0.2F;      // the weight from which on a patch belongs to the mask

// Left and right halves; two of a kind side by side are a thing.
constexpr std::array<std::string_view, 6> halves{".####...#....###", "###....#...####.", "#####...#...####",
                                                 "####...#...#####", "..#..#...#....#.", ".#....#...#..#.."};
const std::vector<std::string> kinds{"nothing", "a ring", "a square", "a diamond"};

class Detection final : public AnsweringTask {
 public:
  Detection() : AnsweringTask("detect", {.steps = 1000}) {}

  /// The content is the half in every patch, the answer the kind of thing that each patch belongs to; the tokens are
  /// the left patches of things.
  Example draw(RandomStream& stream) const override {
    Example image{.answer = std::vector<std::uint32_t>(canvas.patches()), .numbers = canvas.blank(0)};
    for (std::uint32_t p = 0; p < canvas.patches(); ++p) {
      const std::uint32_t half = between(0, halves.size(), stream);
      // A left half stands at the right of its patch.
      canvas.stamp(halves[half], p, 2 - half % 2 * 2, std::array{0.6F}, image.numbers);
      if (p % canvas.across > 0 && half % 2 == 1 && image.content.back() == half - 1) {
        image.tokens.push_back(p - 1);
        image.answer[p - 1] = image.answer[p] = 1 + half / 2;
      }
      image.content.push_back(half);
    }
    add_noise(0.2F, image.numbers, stream);
    return image.tokens.empty() || image.tokens.size() > queries ? draw(stream) : image;
  }

  Answers run(Tape& tape, const Examples& images) const override {
    Node& seen = tape.add_positions(places, tape.linear(projection, tape.input(images, canvas.patch_size())));
    Node& found = tape.translate(finder, seen, tape.all_rows(query_table, images.size()));
    Node& pointing = tape.linear(pointer, found);
    const Answers what = tape.classify(found, kind_table);
    Answers answers = tape.point(pointing, seen);
    answers.said.assign(images.size(), std::vector<std::uint32_t>(canvas.patches()));
    // A query that stands for no thing should say nothing, and its mask is worth nothing.
    Targets names(std::vector<std::uint32_t>(images.size() * queries));
    Targets masks(std::vector<std::uint32_t>(2 * names.chosen.size()), std::vector<float>(names.chosen.size()));
    for (std::size_t b = 0; b < images.size(); ++b) {
      const std::vector<std::uint32_t>& things = images[b].tokens;
      auto cost = Matrix<double>::from_shape({things.size(), queries});  // -log chance of name and mask
      for (std::size_t q = 0; q < queries; ++q) {
        const auto& [name, mask] = std::tie(what.chances[b * queries + q], answers.chances[b * queries + q]);
        for (std::size_t p = 0; p < canvas.patches(); ++p) {
          if (what.said[b][q] > 0 && mask[p] > masked) answers.said[b][p] = what.said[b][q];
        }
        for (std::size_t t = 0; t < things.size(); ++t) {
          cost(t, q) = -std::log(1e-9 + name[images[b].answer[things[t]]] * (mask[things[t]] + mask[things[t] + 1]));
        }
      }
      const std::vector<std::size_t> query_of = engine::assign(cost);
      for (std::size_t t = 0; t < things.size(); ++t) {
        const std::size_t row = b * queries + query_of[t];
        names.chosen[row] = images[b].answer[things[t]];
        for (const std::uint32_t side : {0U, 1U}) masks.chosen[2 * row + side] = things[t] + side;
        masks.worth[row] = 1;
      }
    }
    tape.classify(found, kind_table, names);
    tape.point(pointing, seen, masks);
    return std::move(answers).showing({}, what.chances);
  }

  void show(const Example& image, std::size_t b, const Answers& answers, Page& page) const override {
    const auto* names = &answers.chances[answers.chances.size() / 2 + b * queries];
    std::vector<std::string> said, right;
    for (std::size_t q = 0; q < queries; ++q) said.push_back(kinds[likeliest(names[q])]);
    for (const std::uint32_t left : image.tokens) right.push_back(kinds[image.answer[left]]);
    page.example(fmt::format("{}", fmt::join(said, ", ")), fmt::format("The answer is: {}.", fmt::join(right, ", ")));
    for (std::size_t q = 0; q < queries; ++q) {
      if (likeliest(names[q]) == 0) continue;
      page.image(fmt::format("Query {}: {} with {:.0f} %", q + 1, said[q], 100 * names[q][likeliest(names[q])]), canvas,
                 image.numbers, answers.chances[b * queries + q]);
    }
  }

  engine::Linear<float> projection{layout_, "patches", {.in = canvas.patch_size(), .out = width}};
  engine::LearnedPositions<float> places{layout_, "places", canvas.patches(), width};
  engine::ParameterHandle query_table = table("queries", queries, 1);
  engine::EncoderDecoder<float> finder{
      layout_, "finder", {.encoder = blocks(1, Mask::none, distances(32, canvas.patches())), .decoder = blocks(1)}};
  engine::Linear<float> pointer{layout_, "pointer", {.in = width, .out = width}};
  engine::ParameterHandle kind_table = table("kinds", kinds.size(), 0.1);
};

const MakeTask make_detect = make<Detection>;

}  // namespace infodiet::gallery
