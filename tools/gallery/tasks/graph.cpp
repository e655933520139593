// Missing links of a small knowledge graph: each fact is a token, and facts that share somebody attend to each other
// (the graph attention of Velickovic et al. 2018 over edges). No fact says where somebody lives, only where their firm
// is.
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

// People, firms, towns, and what is asked for.
const std::vector<std::string> entities{"Ada",   "Ben",  "Cleo",  "Dan",   "Eva",     "Finn", "Gil",
                                        "Hana",  "Ark",  "Bolt",  "Cog",   "Dyne",    "Elm",  "Porto",
                                        "Quito", "Riga", "Split", "Turin", "Utrecht", "?"};
constexpr std::uint32_t first_firm = 8, first_town = 13, unknown = 19;
const std::vector<std::string> relations{"works at", "is in", "grew up in", "lives in"};
constexpr std::uint32_t works_at = 0, is_in = 1, grew_up_in = 2, lives_in = 3;
constexpr std::size_t told = 3;  // people of whom a graph has facts

/// Subject, relation, object.
using Fact = std::array<std::uint32_t, 3>;

class Graphs final : public AnsweringTask {
 public:
  Graphs() : AnsweringTask("graph", {.steps = 1200}) {}

  /// The content is the facts end to end, the question first; the answer a town.
  Example draw(RandomStream& stream) const override {
    std::vector<std::uint32_t> town_of;
    std::vector<Fact> facts;
    for (std::uint32_t firm = first_firm; firm < first_town; ++firm) {
      town_of.push_back(between(first_town, unknown, stream));
      facts.push_back({firm, is_in, town_of.back()});
    }
    Example graph;
    for (const std::uint32_t person : some_below(first_firm, told, stream)) {
      const std::uint32_t firm = between(first_firm, first_town, stream);
      if (graph.answer.empty()) {
        graph.content = {person, lives_in, unknown};
        graph.answer = {town_of[firm - first_firm] - first_town};
      }
      facts.push_back({person, works_at, firm});
      facts.push_back({person, grew_up_in, between(first_town, unknown, stream)});
    }
    engine::shuffle(std::span(facts), stream);
    for (const Fact& fact : facts) graph.content.insert(graph.content.end(), fact.begin(), fact.end());
    return graph;
  }

  Answers run(Tape& tape, const Examples& graphs) const override {
    std::array<Sequences, 3> parts;
    for (const Example& graph : graphs) {
      for (std::size_t part = 0; part < parts.size(); ++part) {
        std::vector<std::uint32_t> column;
        for (std::size_t at = part; at < graph.content.size(); at += parts.size()) column.push_back(graph.content[at]);
        parts[part].add(column);
      }
    }
    Node& subject = tape.lookup(subjects, parts[0]);
    Node& facts = tape.sum(tape.sum(subject, tape.lookup(verbs, parts[1])), tape.lookup(objects, parts[2]));
    Node& read = tape.encode(encoder, facts);
    return tape.classify(tape.pick(read, 0), towns, answers_of(graphs)).showing({&read});
  }

  void show(const Example& graph, std::size_t b, const Answers& answers, Page& page) const override {
    std::vector<std::string> facts;
    for (std::size_t at = 0; at < graph.content.size(); at += 3) {
      facts.push_back(fmt::format("{} {} {}", entities[graph.content[at]], relations[graph.content[at + 1]],
                                  entities[graph.content[at + 2]]));
    }
    page.example(
        fmt::format("{} lives in {}", entities[graph.content[0]], entities[first_town + answers.said[b].front()]),
        fmt::format("The answer is {}.", entities[first_town + graph.answer.front()]));
    for (std::size_t block = 0; block < 2; ++block) {
      page.words(
          fmt::format("What the question attends to in the {} block, in percent", block == 0 ? "first" : "second"),
          facts, row_of(answers.seen[0]->attention(block, b), 0));
    }
  }

  engine::ParameterHandle subjects = table("subjects", entities.size());
  engine::ParameterHandle verbs = table("relations", relations.size());
  engine::ParameterHandle objects = table("objects", entities.size());
  engine::Transformer<float> encoder{layout_, "encoder", blocks(2)};
  engine::ParameterHandle towns = table("towns", unknown - first_town, 0.1);
};

const MakeTask make_graph = make<Graphs>;

}  // namespace infodiet::gallery
