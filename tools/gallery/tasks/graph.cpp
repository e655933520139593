// A missing link of a small graph of people: an aunt is a parent's sister, so the answer takes two steps over what is
// known, each to the one neighbour that matters among others (Velickovic et al. 2018 attend over neighbours so).
#include <fmt/format.h>

#include <array>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/parts/vocabulary.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t width = 48;
constexpr std::size_t people = 6;  // who is somebody's parent, each of whom has a sister

const std::vector<std::string> names{"ada", "bo",  "cleo", "dan", "eve",  "finn", "gil", "hana", "ida",
                                     "jo",  "kim", "lea",  "max", "nora", "otto", "pia", "quin", "ray"};
const std::vector<std::string> links{"parent", "sister", "aunt"};

struct Family {
  std::vector<std::uint32_t> content;  // of every link who, which and whom; then who and which is asked
  std::vector<std::uint32_t> answer;   // of `names`
};

class Graph final : public TaskOf<Family> {
 public:
  Graph()
      : TaskOf({.name = "graph",
                .title = "A missing link: attention over the neighbours in a graph",
                .measured = "missing links filled right",
                .task = "Twelve links of a family are known, each a token: of six people who their parent is, and of "
                        "each parent who their sister is. Asked is one of these, or somebody's aunt, which is no link "
                        "of the graph: it takes two.",
                .look = "What the question attends to in its two blocks (the mean of the heads): first the link from "
                        "the one asked about, then the link from whom that leads to."},
               {.steps = 1200, .batch = 64, .rate = 4e-3}),
        who(layout_.add_matrix("who", names.size(), width, engine::Initialiser::normal(0.5))),
        which(layout_.add_matrix("which", links.size(), width, engine::Initialiser::normal(0.5))),
        whom(layout_.add_matrix("whom", names.size() + 1, width, engine::Initialiser::normal(0.5))),
        encoder(layout_, "encoder",
                {.width = width, .blocks = 2, .heads = 4, .hidden = 96, .mask = engine::Mask::none}) {}

  Family draw(engine::RandomStream& stream) const override {
    std::vector<std::uint32_t> all(names.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
    engine::shuffle(std::span(all), stream);
    std::vector<std::array<std::uint32_t, 3>> known;
    for (std::size_t p = 0; p < people; ++p) {
      known.push_back({all[p], 0, all[people + p]});
      known.push_back({all[people + p], 1, all[2 * people + p]});
    }
    engine::shuffle(std::span(known), stream);
    Family family;
    for (const auto& link : known) family.content.insert(family.content.end(), link.begin(), link.end());
    const std::size_t p = stream.below(people);
    const auto asked = static_cast<std::uint32_t>(stream.below(links.size()));
    const std::uint32_t from = asked == 1 ? all[people + p] : all[p];
    family.content.insert(family.content.end(), {from, asked, static_cast<std::uint32_t>(names.size())});
    family.answer = {asked == 0 ? all[people + p] : all[2 * people + p]};
    return family;
  }

  Answers run(Tape& tape, const std::vector<Family>& families) const override {
    Sequences parts[3];
    std::vector<std::uint32_t> asked;
    for (const Family& family : families) {
      for (std::size_t part = 0; part < 3; ++part) {
        std::vector<std::uint32_t> column;
        for (std::size_t i = part; i < family.content.size(); i += 3) column.push_back(family.content[i]);
        parts[part].add(column);
      }
      asked.push_back(static_cast<std::uint32_t>(parts[0].tokens.size() - 1));
    }
    Node& known =
        tape.sum(tape.sum(tape.lookup(who, parts[0]), tape.lookup(which, parts[1])), tape.lookup(whom, parts[2]));
    Node& read = tape.encode(encoder, known);
    Answers answers = tape.classify(tape.pick(read, asked), whom, answers_of(families));
    answers.seen = {&read};
    return answers;
  }

  void show(const Family& family, std::size_t b, const Answers& answers, Page& page) const override {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < family.content.size(); i += 3) {
      const bool question = family.content[i + 2] == names.size();
      shown.push_back(fmt::format("{}'s {}: {}", names[family.content[i]], links[family.content[i + 1]],
                                  question ? "?" : names[family.content[i + 2]]));
    }
    page.example(fmt::format("{} {}", shown.back().substr(0, shown.back().size() - 1), names[answers.said[b].front()]),
                 fmt::format("The answer is {}.", names[family.answer.front()]));
    for (std::size_t block = 0; block < encoder.options().blocks; ++block) {
      const Matrix<float> looked = answers.seen[0]->attention(block, b);
      page.words(fmt::format("What the question attends to in block {}, in percent", block + 1), shown,
                 {looked.data() + (shown.size() - 1) * shown.size(), shown.size()});
    }
  }

  engine::ParameterHandle who;
  engine::ParameterHandle which;
  engine::ParameterHandle whom;
  engine::Transformer<float> encoder;
};

}  // namespace

std::unique_ptr<Task> make_graph() {
  return std::make_unique<Graph>();
}

}  // namespace infodiet::gallery
