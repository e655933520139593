// What and where: learned queries look at the patches of an image, and each names one thing and masks its patches, or
// says nothing. Which query stands for which thing is decided anew for every image by the cheapest matching (Carion et
// al. 2020, DETR), so their order does not matter.
#include "engine/losses/assignment.hpp"
#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t across = 5;
constexpr std::size_t patches = across * across;
constexpr std::size_t side = 6;  // of a patch, in pixels
constexpr std::size_t tall = 4;  // of a half, in pixels
constexpr std::size_t image_side = across * side;
constexpr std::size_t queries = 3;  // things in an image at most

// Left and right halves; two of a kind side by side are a thing.
constexpr std::array<std::string_view, 6> halves{".####...#....###", "###....#...####.", "#####...#...####",
                                                 "####...#...#####", "..#..#...#....#.", ".#....#...#..#.."};
const std::vector<std::string> kinds{"ring", "square", "diamond"};
const auto nothing = static_cast<std::uint32_t>(kinds.size());

struct Picture {
  std::vector<std::uint32_t> content;  // the half in every patch
  std::vector<std::uint32_t> answer;   // nothing * left patch + kind of everything
  Image image;
};

class Detection final : public TaskOf<Picture> {
 public:
  Detection()
      : TaskOf("detect", {.steps = 1000}),
        projection(layout_, "patches", {.in = side * side, .out = width}),
        places(layout_, "places", patches, width),
        query_table(table("queries", queries, 1)),
        finder(layout_, "finder",
               {.encoder = blocks(1, engine::Mask::none, {.relative = {.count = 32, .longest = patches}}),
                .decoder = blocks(1)}),
        pointer(layout_, "pointer", {.in = width, .out = width}),
        kind_table(table("kinds", nothing + 1, 0.1)) {}

  Picture draw(RandomStream& stream) const override {
    Picture drawn;
    drawn.image = {.size = image_side, .pixels = std::vector<float>(patches * side * side)};
    for (float& value : drawn.image.pixels) value = static_cast<float>(0.2 * stream.uniform());
    for (std::uint32_t p = 0; p < patches; ++p) {
      drawn.content.push_back(static_cast<std::uint32_t>(stream.below(halves.size())));
      const bool meet = p % across > 0 && drawn.content[p] == drawn.content[p - 1] + 1 && drawn.content[p] % 2 == 1;
      if (meet) drawn.answer.push_back(nothing * (p - 1) + drawn.content[p] / 2);
      // A left half stands at the right of its patch.
      const std::size_t corner =
          (p / across * side + 1) * image_side + p % across * side + 2 - drawn.content[p] % 2 * 2;
      for (std::size_t dot = 0; dot < tall * tall; ++dot) {
        const float ink = halves[drawn.content[p]][dot] == '#' ? 0.6F : 0.0F;
        drawn.image.pixels[corner + dot / tall * image_side + dot % tall] += ink;
      }
    }
    return drawn.answer.empty() || drawn.answer.size() > queries ? draw(stream) : drawn;
  }

  Answers run(Tape& tape, const std::vector<Picture>& pictures) const override {
    Sequences asked;
    for (std::size_t b = 0; b < pictures.size(); ++b) asked.add(std::array<std::uint32_t, queries>{0, 1, 2});
    Node& seen = tape.add_positions(places, tape.linear(projection, tape.patches_of(images_of(pictures), across)));
    Node& found = tape.translate(finder, seen, tape.lookup(query_table, asked));
    Node& pointing = tape.linear(pointer, found);
    const Answers what = tape.classify(found, kind_table);
    Answers answers = tape.point(pointing, seen);
    Targets kind(std::vector<std::uint32_t>(found.value.shape(0), nothing));
    Targets left(std::vector<std::uint32_t>(kind.chosen.size()), std::vector<float>(kind.chosen.size()));
    Targets right = left;
    answers.said.clear();
    for (std::size_t b = 0; b < pictures.size(); ++b) {
      const auto query_of = match(pictures[b], b * queries, what.chances, answers.chances);
      for (std::size_t t = 0; t < query_of.size(); ++t) {
        const std::size_t row = b * queries + query_of[t];
        kind.chosen[row] = pictures[b].answer[t] % nothing;
        left.chosen[row] = pictures[b].answer[t] / nothing;
        right.chosen[row] = left.chosen[row] + 1;
        left.worth[row] = right.worth[row] = 0.5F;
      }
      auto& said = answers.said.emplace_back();
      for (std::size_t q = 0; q < queries; ++q) {
        if (what.said[b][q] != nothing)
          said.push_back(nothing * mask(answers.chances[b * queries + q]) + what.said[b][q]);
      }
      std::sort(said.begin(), said.end());
    }
    answers.chances.insert(answers.chances.end(), what.chances.begin(), what.chances.end());
    tape.classify(found, kind_table, kind);
    for (const Targets& half : {left, right}) tape.point(pointing, seen, half);
    return answers;
  }

  void show(const Picture& picture, std::size_t b, const Answers& answers, Page& page) const override {
    page.example(named(answers.said[b]), fmt::format("The answer is: {}.", named(picture.answer)));
    for (std::size_t row = b * queries; row < (b + 1) * queries; ++row) {
      const auto& name = answers.chances[answers.chances.size() / 2 + row];
      const auto kind = static_cast<std::size_t>(std::max_element(name.begin(), name.end()) - name.begin());
      if (kind == nothing) continue;
      page.image(fmt::format("Query {}: a {} with {:.0f} %", row % queries + 1, kinds[kind], 100 * name[kind]),
                 picture.image, answers.chances[row]);
    }
  }

 private:
  using Chances = std::vector<std::vector<float>>;

  /// The query that stands for each thing: that at which the things' chances are best together.
  static std::vector<std::size_t> match(const Picture& picture, std::size_t first, const Chances& what,
                                        const Chances& where) {
    Matrix<double> cost;
    cost.resize({picture.answer.size(), queries});
    for (std::size_t t = 0; t < picture.answer.size(); ++t) {
      const auto [left, kind] = std::pair(picture.answer[t] / nothing, picture.answer[t] % nothing);
      for (std::size_t q = 0; q < queries; ++q) {
        const auto& [place, name] = std::tie(where[first + q], what[first + q]);
        cost(t, q) = -std::log(1e-9 + name[kind]) - std::log(1e-9 + place[left] * place[left + 1]) / 2;
      }
    }
    return engine::assign(cost);
  }
  /// The left of the two patches that weigh most together.
  static std::uint32_t mask(const std::vector<float>& weights) {
    std::uint32_t best = 0;
    for (std::uint32_t p = 1; p + 1 < patches; ++p) {
      if (weights[p] + weights[p + 1] > weights[best] + weights[best + 1]) best = p;
    }
    return best;
  }
  static std::string named(const std::vector<std::uint32_t>& things) {
    std::vector<std::string> names;
    for (const std::uint32_t thing : things) names.push_back("a " + kinds[thing % nothing]);
    return things.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
  }

  engine::Linear<float> projection;
  engine::LearnedPositions<float> places;
  engine::ParameterHandle query_table;
  engine::EncoderDecoder<float> finder;
  engine::Linear<float> pointer;
  engine::ParameterHandle kind_table;
};

}  // namespace

std::unique_ptr<Task> make_detect() {
  return std::make_unique<Detection>();
}

}  // namespace infodiet::gallery
