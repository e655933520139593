// Missing links of a small knowledge graph: each fact is a token, and facts that share somebody attend to each other
// (the graph attention of Velickovic et al. 2018 over edges). No fact says where somebody lives, only where their firm
// is.
#include <numeric>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

// People, firms, towns, and what is asked for.
const std::vector<std::string> entities{"Ada",   "Ben",  "Cleo",  "Dan",   "Eva",     "Finn", "Gil",
                                        "Hana",  "Ark",  "Bolt",  "Cog",   "Dyne",    "Elm",  "Porto",
                                        "Quito", "Riga", "Split", "Turin", "Utrecht", "?"};
constexpr std::uint32_t first_firm = 8, first_town = 13, unknown = 19;
const std::vector<std::string> relations{"works at", "is in", "grew up in", "lives in"};
constexpr std::uint32_t works_at = 0, is_in = 1, grew_up_in = 2, lives_in = 3;
constexpr std::size_t told = 5;  // people of whom a graph has facts

/// Subject, relation, object.
using Fact = std::array<std::uint32_t, 3>;

struct Graph {
  std::vector<std::uint32_t> content;  // the facts end to end, the question first
  std::vector<std::uint32_t> answer;   // a town
};

class Graphs final : public TaskOf<Graph> {
 public:
  Graphs()
      : TaskOf("graph", {.steps = 1200}),
        subjects(table("subjects", entities.size())),
        verbs(table("relations", relations.size())),
        objects(table("objects", entities.size())),
        encoder(layout_, "encoder", blocks(2)),
        answers_table(table("towns", unknown - first_town, 0.1)) {}

  Graph draw(RandomStream& stream) const override {
    const auto one_of = [&](std::uint32_t first, std::uint32_t end) {
      return first + static_cast<std::uint32_t>(stream.below(end - first));
    };
    std::vector<std::uint32_t> town_of;
    std::vector<Fact> facts;
    for (std::uint32_t firm = first_firm; firm < first_town; ++firm) {
      town_of.push_back(one_of(first_town, unknown));
      facts.push_back({firm, is_in, town_of.back()});
    }
    std::vector<std::uint32_t> everybody(first_firm);
    std::iota(everybody.begin(), everybody.end(), 0U);
    Graph graph;
    for (const std::uint32_t person : some_of(everybody, told, stream)) {
      const std::uint32_t firm = one_of(first_firm, first_town);
      if (graph.answer.empty()) {
        graph.content = {person, lives_in, unknown};
        graph.answer = {town_of[firm - first_firm] - first_town};
      }
      facts.push_back({person, works_at, firm});
      facts.push_back({person, grew_up_in, one_of(first_town, unknown)});
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
    return tape.classify(tape.pick(read, 0), answers_table, answers_of(graphs)).showing({&read});
  }

  void show(const Graph& graph, std::size_t b, const Answers& answers, Page& page) const override {
    std::vector<std::string> facts;
    for (std::size_t at = 0; at < graph.content.size(); at += 3) {
      facts.push_back(fmt::format("{} {} {}", entities[graph.content[at]], relations[graph.content[at + 1]],
                                  entities[graph.content[at + 2]]));
    }
    page.example(
        fmt::format("{} lives in {}", entities[graph.content[0]], entities[first_town + answers.said[b].front()]),
        fmt::format("The answer is {}.", entities[first_town + graph.answer.front()]));
    for (std::size_t block = 0; block < 2; ++block) {
      const Matrix<float> looked = answers.seen[0]->attention(block, b);
      page.words(
          fmt::format("What the question attends to in the {} block, in percent", block == 0 ? "first" : "second"),
          facts, {looked.data(), facts.size()});
    }
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
