// Missing links of a small knowledge graph: each fact is a token, and facts that share somebody attend to each other
// (the graph attention of Velickovic et al. 2018 over edges). No fact says where somebody lives, only where their firm
// is.
#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

const std::vector<std::string> people{"Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gil", "Hana"};
const std::vector<std::string> firms{"Ark", "Bolt", "Cog", "Dyne", "Elm"};
const std::vector<std::string> towns{"Porto", "Quito", "Riga", "Split", "Turin", "Utrecht"};
const std::vector<std::string> relations{"works at", "is in", "grew up in", "lives in"};
constexpr std::uint32_t works_at = 0, is_in = 1, grew_up_in = 2, lives_in = 3;
constexpr std::size_t told = 5;  // people of whom a graph has facts

/// Subject, relation, object; numbers of entities go through people, firms, towns, and one more for "?".
using Fact = std::array<std::uint32_t, 3>;

struct Graph {
  std::vector<std::uint32_t> content;  // the facts end to end, the question first
  std::vector<std::uint32_t> answer;   // a town
};

const std::string& entity(std::uint32_t number) {
  static const std::string unknown = "?";
  if (number < people.size()) return people[number];
  if (number < people.size() + firms.size()) return firms[number - people.size()];
  const std::size_t town = number - people.size() - firms.size();
  return town < towns.size() ? towns[town] : unknown;
}

class Graphs final : public TaskOf<Graph> {
 public:
  Graphs()
      : TaskOf(
            {.name = "graph",
             .title = "Missing links: facts that attend to facts",
             .measured = "missing links found",
             .task = "A few facts in any order: who works where, where each firm is, who grew up where. Somebody "
                     "lives where their firm is, which no fact says. The network finds the town.",
             .look =
                 "What the question attends to in the first of two blocks and in the second (the mean of two heads): "
                 "first the fact of where the person works, then the fact of where that is."},
            {.steps = 1200, .batch = 64, .learning_rate = 4e-3}),
        subjects(table("subjects", entities + 1)),
        verbs(table("relations", relations.size())),
        objects(table("objects", entities + 1)),
        encoder(layout_, "encoder", blocks(2)),
        answers_table(layout_.add_matrix("towns", towns.size(), width, engine::Initialiser::normal(0.1))) {}

  Graph draw(RandomStream& stream) const override {
    const auto number = [](std::size_t index, std::size_t before) {
      return static_cast<std::uint32_t>(index + before);
    };
    const std::size_t first_town = people.size() + firms.size();
    std::vector<std::uint32_t> town_of;
    std::vector<Fact> facts;
    for (std::size_t firm = 0; firm < firms.size(); ++firm) {
      town_of.push_back(number(stream.below(towns.size()), 0));
      facts.push_back({number(firm, people.size()), is_in, number(town_of.back(), first_town)});
    }
    std::vector<std::uint32_t> everybody(people.size());
    for (std::size_t p = 0; p < people.size(); ++p) everybody[p] = number(p, 0);
    Graph graph;
    for (const std::uint32_t person : some_of(everybody, told, stream)) {
      const auto firm = stream.below(firms.size());
      if (graph.answer.empty()) {
        graph.content = {person, lives_in, number(entities, 0)};
        graph.answer = {town_of[firm]};
      }
      facts.push_back({person, works_at, number(firm, people.size())});
      facts.push_back({person, grew_up_in, number(stream.below(towns.size()), first_town)});
    }
    engine::shuffle(std::span(facts), stream);
    for (const Fact& fact : facts) graph.content.insert(graph.content.end(), fact.begin(), fact.end());
    return graph;
  }

  Answers run(Tape& tape, const std::vector<Graph>& graphs) const override {
    std::array<Sequences, 3> parts;
    for (const Graph& graph : graphs) {
      for (std::size_t part = 0; part < parts.size(); ++part) {
        std::vector<std::uint32_t> column;
        for (std::size_t at = part; at < graph.content.size(); at += parts.size()) column.push_back(graph.content[at]);
        parts[part].add(column);
      }
    }
    Node& subject = tape.lookup(subjects, parts[0]);
    Node& facts = tape.sum(tape.sum(subject, tape.lookup(verbs, parts[1])), tape.lookup(objects, parts[2]));
    Node& read = tape.encode(encoder, facts);
    std::vector<std::uint32_t> asked;
    for (std::size_t b = 0; b < graphs.size(); ++b) asked.push_back(static_cast<std::uint32_t>(read.offsets[b]));
    Answers answers = tape.classify(tape.pick(read, asked), answers_table, answers_of(graphs));
    answers.seen = {&read};
    return answers;
  }

  void show(const Graph& graph, std::size_t b, const Answers& answers, Page& page) const override {
    std::vector<std::string> facts;
    for (std::size_t at = 0; at < graph.content.size(); at += 3) {
      facts.push_back(fmt::format("{} {} {}", entity(graph.content[at]), relations[graph.content[at + 1]],
                                  entity(graph.content[at + 2])));
    }
    page.example(fmt::format("{} lives in {}", entity(graph.content[0]), towns[answers.said[b].front()]),
                 fmt::format("The answer is {}.", towns[graph.answer.front()]));
    for (std::size_t block = 0; block < 2; ++block) {
      const Matrix<float> looked = answers.seen[0]->attention(block, b);
      page.words(
          fmt::format("What the question attends to in the {} block, in percent", block == 0 ? "first" : "second"),
          facts, {looked.data(), facts.size()});
    }
  }

 private:
  static constexpr std::size_t entities = 8 + 5 + 6;
  engine::ParameterHandle table(const std::string& name, std::size_t rows) {
    return layout_.add_matrix(name, rows, width, engine::Initialiser::normal(0.5));
  }

  engine::ParameterHandle subjects;
  engine::ParameterHandle verbs;
  engine::ParameterHandle objects;
  engine::Transformer<float> encoder;
  engine::ParameterHandle answers_table;
};

}  // namespace

std::unique_ptr<Task> make_graph() {
  return std::make_unique<Graphs>();
}

}  // namespace infodiet::gallery
