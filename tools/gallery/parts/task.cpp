#include "tools/gallery/parts/task.hpp"

#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "tools/gallery/parts/sources.hpp"

namespace infodiet::gallery {

std::string Task::text(const std::string& key) const {
  return engine::parse_json<nlohmann::json>(asset("texts.json")).at(name_).at(key);
}

void AnsweringTask::learn(Tape& tape, RandomStream& draws, std::size_t count) const {
  run(tape, drawn(count, Part::train, draws));
}

double AnsweringTask::score(Tape& tape, RandomStream& draws, std::size_t count) const {
  const Examples examples = drawn(count, Part::test, draws);
  const Answers answers = answer(tape, examples);
  double right = 0;
  for (std::size_t b = 0; b < count; ++b) right += is_right(examples[b], answers.said[b]) ? 1 : 0;
  return right;
}

void AnsweringTask::illustrate(Tape& tape, RandomStream& draws, Page& page) const {
  const Examples examples = drawn(pictured, Part::test, draws);
  const Answers answers = answer(tape, examples);
  for (std::size_t b = 0; b < pictured; ++b) show(examples[b], b, answers, page);
}

Examples AnsweringTask::drawn(std::size_t count, Part part, RandomStream& draws) const {
  return several(count, part, draws, [this](RandomStream& stream) { return draw(stream); });
}

Answers AnsweringTask::answer(Tape& tape, Examples examples) const {
  if (options_.written == 0) return run(tape, examples);
  for (Example& example : examples) example.answer.resize(options_.given);
  Answers answers;
  for (std::size_t i = options_.given; i < options_.written; ++i) {
    for (Example& example : examples) example.answer.push_back(0);  // to be found
    tape.begin();
    answers = run(tape, examples);
    for (std::size_t b = 0; b < examples.size(); ++b) examples[b].answer.back() = answers.said[b].back();
  }
  for (std::size_t b = 0; b < examples.size(); ++b) answers.said[b] = examples[b].answer;
  return answers;
}

Sequences pack(const Examples& examples, std::vector<std::uint32_t> Example::*member) {
  Sequences sequences;
  for (const Example& example : examples) sequences.add(example.*member);
  return sequences;
}

std::vector<std::uint32_t> answers_of(const Examples& examples) {
  return pack(examples, &Example::answer).tokens;
}

Sequences read_so_far(const Examples& examples, std::uint32_t start) {
  Sequences sequences;
  for (const Example& example : examples) {
    std::vector<std::uint32_t> read{start};
    read.insert(read.end(), example.answer.begin(), example.answer.end() - 1);
    sequences.add(read);
  }
  return sequences;
}

}  // namespace infodiet::gallery
