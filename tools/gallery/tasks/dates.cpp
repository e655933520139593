// Translating date phrases to ISO dates, one character at a time, with an encoder and a decoder that attends to it
// (Bahdanau et al. 2015 in the form of Vaswani et al. 2017).
#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t longest_phrase = 24;
constexpr std::size_t written = 10;  // characters of an ISO date

const std::vector<std::string> months{"january", "february", "march",     "april",   "may",      "june",
                                      "july",    "august",   "september", "october", "november", "december"};
constexpr std::array days_of_month{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
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
const std::string start = "start";  // what the decoder reads before the first character

struct Phrase {
  std::vector<std::uint32_t> content;  // of the date alone, so that its every wording is in the same part
  std::vector<std::uint32_t> source;
  std::vector<std::uint32_t> answer;  // characters
};

/// Figures one by one, as tokens.
std::string spelled(int number) {
  std::string out;
  for (const char digit : std::to_string(number)) out.append(1, digit).append(" ");
  return out;
}

class Dates final : public TaskOf<Phrase> {
 public:
  Dates()
      : TaskOf("dates", {.steps = 800}),
        words({{"0 1 2 3 4 5 6 7 8 9 the of in on ,"}, months, ordinals, openings}),
        characters({{"0 1 2 3 4 5 6 7 8 9 - " + start}}),
        source_embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest_phrase, .width = width}),
        target_embedding(layout_, "characters", {.vocabulary = characters.size(), .longest = written, .width = width}),
        translator(layout_, "translator",
                   {.encoder = sparse(blocks(1)), .decoder = sparse(blocks(1, engine::Mask::causal))}) {}

  Phrase draw(RandomStream& stream) const override {
    const auto month = stream.below(months.size());
    const int day = 1 + static_cast<int>(stream.below(static_cast<std::uint64_t>(days_of_month[month])));
    const int year = 1900 + static_cast<int>(stream.below(200));
    const bool in_words = happens(0.5, stream);
    Phrase phrase;
    phrase.content = {static_cast<std::uint32_t>(year), static_cast<std::uint32_t>(month),
                      static_cast<std::uint32_t>(day)};
    const std::string said = fmt::format(fmt::runtime(any_of(in_words ? spoken : figures, stream)),
                                         in_words ? ordinals[static_cast<std::size_t>(day - 1)] : spelled(day),
                                         months[month], spelled(year));
    phrase.source = words.numbers(any_of(openings, stream) + " " + said);
    for (const char c : fmt::format("{:04}-{:02}-{:02}", year, month + 1, day)) {
      phrase.answer.push_back(characters.numbers(std::string_view(&c, 1)).front());
    }
    return phrase;
  }

  Answers run(Tape& tape, const std::vector<Phrase>& phrases) const override {
    Node& source = tape.embed(source_embedding, pack(phrases, &Phrase::source));
    Node& target = tape.embed(target_embedding, read_so_far(phrases, characters.numbers(start).front()));
    Node& decoded = tape.translate(translator, source, target);
    return tape.classify(decoded, target_embedding.table, answers_of(phrases)).showing({&decoded});
  }
  Answers answer(Tape& tape, const std::vector<Phrase>& phrases) const override {
    return write(tape, phrases, written);
  }

  void show(const Phrase& phrase, std::size_t b, const Answers& answers, Page& page) const override {
    const auto out = characters.words(answers.said[b]);
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    page.example(fmt::format("{}", fmt::join(out, "")),
                 fmt::format("The answer is {}.", fmt::join(characters.words(phrase.answer), "")));
    page.table("Weight of every word read (columns) for every character written (rows), in percent", out,
               words.words(phrase.source), looked);
  }

  Vocabulary words;
  Vocabulary characters;
  TokenEmbedding source_embedding;
  TokenEmbedding target_embedding;
  engine::EncoderDecoder<float> translator;
};

}  // namespace

std::unique_ptr<Task> make_dates() {
  return std::make_unique<Dates>();
}

}  // namespace infodiet::gallery
