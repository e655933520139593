// Writing: a language model of characters finishes nested expressions. Which bracket closes next is the last one still
// open, however long ago it was, so the network has to look there. Each head learns how far it looks (Sukhbaatar et al.
// 2019). Positions are known from distances only: an average over what was written does not know its order.
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr std::size_t longest = 32;
constexpr std::size_t given = 12;
const std::string opening = "([{<";
const std::string closing = ")]}>";

class Generation final : public AnsweringTask {
 public:
  Generation() : AnsweringTask("generate", {.steps = 800, .learning_rate = 6e-3, .written = longest, .given = given}) {}

  /// The content is what is given.
  Example draw(RandomStream& stream) const override {
    std::string text;
    std::string open;  // what closes the brackets that are open, the last to close first
    while (text.size() + open.size() < longest - 1 && (text.size() < given || !open.empty())) {
      if (happens(0.2, stream)) {
        text += 'x';
      } else if (open.empty() || happens(text.size() < given ? 0.62 : 0.3, stream)) {
        const auto kind = stream.below(opening.size());
        text += opening[kind];
        open += closing[kind];
      } else {
        text += open.back();
        open.pop_back();
      }
      if (text.size() == given && open.size() < 5) return draw(stream);
    }
    text.append(open.rbegin(), open.rend());
    text.resize(longest, '$');
    const auto all = characters.numbers(spaced(text));
    return {.content = {all.begin(), all.begin() + given}, .answer = all};
  }

  Answers run(Tape& tape, const Examples& expressions) const override {
    Node& read = tape.encode(decoder, tape.lookup(letters, read_so_far(expressions, characters.number("^"))));
    return tape.classify(read, letters, answers_of(expressions)).showing({&read});
  }
  bool is_right(const Example&, const std::vector<std::uint32_t>& said) const override {
    std::string open;
    for (const char c : written(said)) {
      if (const auto kind = opening.find(c); kind != std::string::npos) {
        open += closing[kind];
      } else if (c != 'x') {
        if (open.empty() || open.back() != c) return false;
        open.pop_back();
      }
    }
    return open.empty();
  }

  void show(const Example& drawn, std::size_t b, const Answers& answers, Page& page) const override {
    const std::string text = written(answers.said[b]);
    page.example(text, fmt::format("Given was {}; it is {}.", written(drawn.content),
                                   is_right(drawn, answers.said[b]) ? "well-formed" : "not well-formed"));
    const auto all = split_words(spaced(text));
    const std::vector<std::string> rows(all.begin() + given, all.end());
    const Matrix<float> looked = answers.seen[0]->attention(1, b);
    // The row before a character wrote it; the first column is what every expression begins with.
    page.table("What each character written (row) attends to, in percent", rows,
               split_words("start " + spaced(text.substr(0, text.size() - 1))),
               {&looked(given, 0), rows.size(), text.size(), longest});
  }

  /// As far as the network went before it said that it is done.
  std::string written(const std::vector<std::uint32_t>& said) const {
    const std::string all = characters.text(said, "");
    return all.substr(0, all.find('$'));
  }

  Vocabulary characters{{spaced("^x$" + opening + closing)}};
  engine::ParameterHandle letters = table("characters", characters.size());
  engine::Transformer<float> decoder{
      layout_,
      "decoder",
      {.width = width,
       .blocks = 2,
       .heads = 4,
       .ffn_width = 2 * width,
       .positions = {.relative = {.count = 32, .longest = longest}, .longest_span = longest}}};
};

const MakeTask make_generate = make<Generation>;

}  // namespace infodiet::gallery
