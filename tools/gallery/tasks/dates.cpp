// Translating date phrases to ISO dates, one character at a time, with an encoder and a decoder that attends to it
// (Bahdanau et al. 2015 in the form of Vaswani et al. 2017).
#include <fmt/format.h>

#include <array>

#include "engine/transformer/encoder_decoder.hpp"
#include "tools/gallery/answers.hpp"
#include "tools/gallery/examples.hpp"
#include "tools/gallery/page.hpp"
#include "tools/gallery/tasks/tasks.hpp"
#include "tools/gallery/token_embedding.hpp"
#include "tools/gallery/vocabulary.hpp"

namespace infodiet::gallery {

namespace {

using engine::Matrix;
using engine::Parameters;
using engine::RandomStream;

constexpr std::size_t width = 48;
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
  std::vector<std::uint32_t> target;
};

/// Figures one by one, as tokens.
std::string spelled(int number) {
  std::string out;
  for (const char digit : std::to_string(number)) out.append(1, digit).append(" ");
  return out;
}

Vocabulary source_words() {
  std::vector<std::string> texts{"0 1 2 3 4 5 6 7 8 9 the of in on ,"};
  for (const auto* list : {&months, &ordinals, &openings}) texts.insert(texts.end(), list->begin(), list->end());
  return Vocabulary(texts);
}

class Dates final : public Task {
 public:
  Dates()
      : words(source_words()),
        characters(std::vector<std::string>{"0 1 2 3 4 5 6 7 8 9 - " + start}),
        source_embedding(layout_, "words", {.vocabulary = words.size(), .longest = longest_phrase, .width = width}),
        target_embedding(layout_, "characters", {.vocabulary = characters.size(), .longest = written, .width = width}),
        translator(layout_, "translator",
                   {.encoder = {.width = width, .blocks = 1, .heads = 2, .hidden = 96, .mask = engine::Mask::none},
                    .decoder = {.width = width, .blocks = 1, .heads = 2, .hidden = 96}}) {}

  TaskText text() const override {
    return {
        .name = "dates",
        .title = "Translating dates: a decoder that attends to an encoder",
        .measured = "dates written right to the last character",
        .task =
            "A date as people put it becomes a date as machines do, written character by character. Training never saw "
            "the dates of the test in any wording.",
        .look =
            "Each row is a character written, each column a word read, each cell the weight in percent (the mean of "
            "two heads). The year's figures look at the year's, the month at the month, the day at the day, in "
            "whatever order they were said."};
  }
  TaskTraining training() const override { return {.steps = 800, .batch = 64, .rate = 4e-3}; }
  const engine::ParameterLayout& layout() const override { return layout_; }
  std::unique_ptr<Learner> learner() const override;

  Phrase draw(RandomStream& stream) const {
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
      phrase.target.push_back(characters.numbers(std::string_view(&c, 1)).front());
    }
    return phrase;
  }

  engine::ParameterLayout layout_;
  Vocabulary words;
  Vocabulary characters;
  TokenEmbedding source_embedding;
  TokenEmbedding target_embedding;
  engine::EncoderDecoder<float> translator;
};

class DatesLearner final : public Learner {
 public:
  explicit DatesLearner(const Dates& task) : task_(task) {}

  double learn(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples,
               Parameters<float>& gradients) override {
    draw(Part::train, draws, examples);
    read_.clear();
    for (std::size_t b = 0; b < examples; ++b) {
      const auto target = std::span(targets_).subspan(b * written, written);
      read_.add(with_start(target.first(written - 1)));
    }
    encode(parameters);
    decode(parameters);
    const engine::Ragged sources = sources_.ragged();
    const engine::Ragged read = read_.ragged();
    const engine::ParameterHandle& table = task_.target_embedding.table();
    gradient_.resize(decoded_.shape());
    const double loss = loss_.forward_backward(alone_, decoded_, parameters.matrix(table), targets_, gradient_,
                                               gradients.matrix(table));
    task_.translator.backward(parameters, sources, read, {}, {}, cache_, workspace_, gradient_, dsource_, gradients);
    task_.target_embedding.backward(alone_, read_.tokens, read, gradient_, gradients);
    task_.source_embedding.backward(alone_, sources_.tokens, sources, dsource_, gradients);
    return loss;
  }

  std::size_t right(const Parameters<float>& parameters, RandomStream& draws, std::size_t examples) override {
    draw(Part::test, draws, examples);
    const std::vector<std::uint32_t> said = translate(parameters);
    std::size_t right = 0;
    for (std::size_t b = 0; b < examples; ++b) {
      const auto target = std::span(targets_).subspan(b * written, written);
      right += count_equal(std::span(said).subspan(b * written, written), target) == written ? 1 : 0;
    }
    return right;
  }

  void show(const Parameters<float>& parameters, RandomStream& draws, Page& page) override {
    draw(Part::test, draws, 4);
    const std::vector<std::uint32_t> said = translate(parameters);
    const engine::Ragged sources = sources_.ragged();
    for (std::size_t b = 0; b < sources.sequences(); ++b) {
      const auto phrase = task_.words.words({sources_.tokens.data() + sources.begin(b), sources.length(b)});
      const auto out = task_.characters.words(std::span(said).subspan(b * written, written));
      const auto target = task_.characters.words(std::span(targets_).subspan(b * written, written));
      page.example(fmt::format("{}", fmt::join(out, "")), fmt::format("The answer is {}.", fmt::join(target, "")));
      const Matrix<float> heads = mean_of_heads(task_.translator.weights(sources, read_.ragged(), cache_, 0, b));
      page.table("Weight of every word read (columns) for every character written (rows), in percent", out, phrase,
                 heads);
    }
  }

 private:
  std::vector<std::uint32_t> with_start(std::span<const std::uint32_t> so_far) const {
    std::vector<std::uint32_t> read = task_.characters.numbers(start);
    read.insert(read.end(), so_far.begin(), so_far.end());
    return read;
  }
  void draw(Part part, RandomStream& draws, std::size_t examples) {
    sources_.clear();
    targets_.clear();
    for (std::size_t i = 0; i < examples; ++i) {
      const Phrase phrase = draw_for(part, draws, [&](RandomStream& stream) { return task_.draw(stream); });
      sources_.add(phrase.source);
      targets_.insert(targets_.end(), phrase.target.begin(), phrase.target.end());
    }
  }
  void encode(const Parameters<float>& parameters) {
    const engine::Ragged sources = sources_.ragged();
    task_.source_embedding.forward(parameters, sources_.tokens, sources, task_.translator.source(cache_));
    task_.translator.encode(parameters, sources, {}, cache_, workspace_);
  }
  void decode(const Parameters<float>& parameters) {
    const engine::Ragged read = read_.ragged();
    task_.target_embedding.forward(parameters, read_.tokens, read, task_.translator.target(cache_));
    task_.translator.decode(parameters, sources_.ragged(), read, {}, cache_, workspace_, decoded_);
  }
  /// The likeliest character after what was written so far, ten times over; (B * written) in the end.
  std::vector<std::uint32_t> translate(const Parameters<float>& parameters) {
    const std::size_t phrases = sources_.ragged().sequences();
    std::vector<std::vector<std::uint32_t>> said(phrases);
    encode(parameters);
    for (std::size_t i = 0; i < written; ++i) {
      read_.clear();
      for (const auto& so_far : said) read_.add(with_start(so_far));
      decode(parameters);
      const auto next = best_answers(decoded_, parameters.matrix(task_.target_embedding.table()));
      for (std::size_t b = 0; b < phrases; ++b) said[b].push_back(next[(b + 1) * (i + 1) - 1]);
    }
    std::vector<std::uint32_t> all;
    for (const auto& one : said) all.insert(all.end(), one.begin(), one.end());
    return all;
  }

  const Dates& task_;
  Sequences sources_;
  Sequences read_;                      // what the decoder reads: a start and what was written so far
  std::vector<std::uint32_t> targets_;  // (B * written)
  engine::EncoderDecoder<float>::Cache cache_;
  Matrix<float> decoded_;   // (Tt, D)
  Matrix<float> gradient_;  // (Tt, D)
  Matrix<float> dsource_;   // (Ts, D)
};

std::unique_ptr<Learner> Dates::learner() const {
  return std::make_unique<DatesLearner>(*this);
}

}  // namespace

std::unique_ptr<Task> make_dates() {
  return std::make_unique<Dates>();
}

}  // namespace infodiet::gallery
