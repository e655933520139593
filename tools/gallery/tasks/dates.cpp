// Translating date phrases to ISO dates, one character at a time, with an encoder and a decoder that attends to it
// (Bahdanau et al. 2015 in the form of Vaswani et al. 2017).
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr std::size_t written = 10;  // characters of an ISO date

const std::vector<std::string> months{"january", "february", "march",     "april",   "may",      "june",
                                      "july",    "august",   "september", "october", "november", "december"};
constexpr std::array days_of_month{31U, 28U, 31U, 30U, 31U, 30U, 31U, 31U, 30U, 31U, 30U, 31U};
const std::vector<std::string> ordinals{
    "first",         "second",       "third",         "fourth",       "fifth",        "sixth",          "seventh",
    "eighth",        "ninth",        "tenth",         "eleventh",     "twelfth",      "thirteenth",     "fourteenth",
    "fifteenth",     "sixteenth",    "seventeenth",   "eighteenth",   "nineteenth",   "twentieth",      "twenty-first",
    "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth",  "thirtieth",    "thirty-first"};
const std::vector<std::string> openings{"", "on", "signed on", "it was", "we met in the rain on"};
// {0} is the day in words or figures, {1} the month, {2} the year.
const std::vector<std::string> spoken{"the {0} of {1} {2}", "{1} the {0} {2}", "in {2} on the {0} of {1}"};
const std::vector<std::string> figures{"{0} {1} {2}", "{1} {0} , {2}", "{2} , {1} {0}"};

class Dates final : public AnsweringTask {
 public:
  Dates() : AnsweringTask("dates", {.steps = 800, .written = written}) {}

  /// The content is the date alone, so that its every wording is in the same part.
  Example draw(RandomStream& stream) const override {
    const auto month = between(0, static_cast<std::uint32_t>(months.size()), stream);
    const auto day = between(1, days_of_month[month] + 1, stream);
    const auto year = between(1900, 2100, stream);
    const bool in_words = happens(0.5, stream);
    const std::string said = fmt::format(fmt::runtime(any_of(in_words ? spoken : figures, stream)),
                                         in_words ? ordinals[day - 1] : spaced(std::to_string(day)), months[month],
                                         spaced(std::to_string(year)));
    return {.content = {year, month, day},
            .answer = characters.numbers(spaced(fmt::format("{:04}-{:02}-{:02}", year, month + 1, day))),
            .tokens = words.numbers(any_of(openings, stream) + " " + said)};
  }

  Answers run(Tape& tape, const Examples& dates) const override {
    Node& source = tape.embed(source_embedding, pack(dates, &Example::tokens));
    Node& target = tape.embed(target_embedding, read_so_far(dates, characters.number("start")));
    Node& decoded = tape.translate(translator, source, target);
    return tape.classify(decoded, target_embedding.table, answers_of(dates)).showing({&decoded});
  }

  void show(const Example& date, std::size_t b, const Answers& answers, Page& page) const override {
    page.example(characters.text(answers.said[b], ""),
                 fmt::format("The answer is {}.", characters.text(date.answer, "")));
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    page.table("Weight of every word read (columns) for every character written (rows), in percent",
               characters.words(answers.said[b]), words.words(date.tokens), looked);
  }

  Vocabulary words{{"0 1 2 3 4 5 6 7 8 9 the of in on ,"}, months, ordinals, openings};
  Vocabulary characters{{"0 1 2 3 4 5 6 7 8 9 - start"}};
  TokenEmbedding source_embedding{layout_, "words", {.vocabulary = words.size(), .longest = 24, .width = width}};
  TokenEmbedding target_embedding{
      layout_, "characters", {.vocabulary = characters.size(), .longest = written, .width = width}};
  engine::EncoderDecoder<float> translator{
      layout_, "translator", {.encoder = sparse(blocks(1)), .decoder = sparse(blocks(1, Mask::causal))}};
};

const MakeTask make_dates = make<Dates>;

}  // namespace infodiet::gallery
