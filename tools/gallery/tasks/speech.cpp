// Spoken digits to text: an encoder hears frames of sixteen bands, a decoder writes the digits and attends to the
// frames (Chan et al. 2016, "Listen, attend and spell"). The voice is a formant synthesiser (Klatt 1980) in miniature.
#include <map>

#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr std::size_t bands = 16;  // of 250 Hz
constexpr std::size_t spoken = 4;  // digits

// Two frequencies of every sound and their breadth, in kHz: the formants of a vowel, the band of a hiss. Silence has
// its far below all that is heard.
const std::map<char, std::array<double, 3>> sounds{
    {'w', {0.3, 0.7, 0.2}}, {'u', {0.3, 0.9, 0.2}}, {'o', {0.5, 0.9, 0.2}}, {'a', {0.8, 1.2, 0.2}},
    {'e', {0.5, 1.9, 0.2}}, {'i', {0.3, 2.3, 0.2}}, {'r', {0.4, 1.3, 0.2}}, {'n', {0.3, 1.5, 0.3}},
    {'z', {0.2, 3.3, 0.5}}, {'s', {3.6, 3.8, 0.4}}, {'f', {2.5, 3.2, 1.0}}, {'h', {2.9, 3.5, 0.7}},
    {'t', {3.0, 3.4, 0.3}}, {'k', {1.8, 2.2, 0.4}}, {'v', {0.2, 2.6, 0.8}}, {'-', {-9, -9, 1}}};
const std::vector<std::string> pronounced{"ziro", "wan", "tu", "hri", "for", "faiv", "siks", "sevn", "eit", "nain"};
const std::vector<std::string> figures{"zero", "one",   "two",   "three", "four", "five",
                                       "six",  "seven", "eight", "nine",  "?"};

class Speech final : public AnsweringTask {
 public:
  Speech() : AnsweringTask("speech", {.steps = 500, .written = spoken}) {}

  /// The content is the digits; the tokens, for the picture, the sound of every frame.
  Example draw(RandomStream& stream) const override {
    Example utterance;
    const double height = 0.85 + 0.3 * stream.uniform();
    const double pace = 0.8 + 0.6 * stream.uniform();
    const auto hold = [&](char sound, double frames) {
      const auto [first, second, breadth] = sounds.at(sound);
      for (auto left = std::lround(pace * frames + stream.uniform()); left > 0; --left) {
        for (std::size_t band = 0; band < bands; ++band) {
          double energy = 0.2 * stream.normal();
          for (const double formant : {first, second}) {
            const double away = 0.125 + 0.25 * static_cast<double>(band) - height * formant;
            energy += std::exp(-std::pow(away / breadth, 2));
          }
          utterance.numbers.push_back(static_cast<float>(energy));
        }
        utterance.tokens.push_back(static_cast<std::uint32_t>(sound));
      }
    };
    for (std::size_t d = 0; d < spoken; ++d) {
      utterance.content.push_back(between(0, 10, stream));
      for (const char sound : pronounced[utterance.content.back()]) hold(sound, 1.5);
      if (happens(0.5, stream)) hold('-', 1);
    }
    utterance.answer = utterance.content;
    return utterance;
  }

  Answers run(Tape& tape, const Examples& utterances) const override {
    Node& frames = tape.add_positions(time, tape.linear(ear, tape.input(utterances, bands)));
    Node& written = tape.embed(digits, read_so_far(utterances, 10));
    Node& decoded = tape.translate(listener, frames, written);
    return tape.classify(decoded, digits.table, answers_of(utterances)).showing({&decoded});
  }

  void show(const Example& utterance, std::size_t b, const Answers& answers, Page& page) const override {
    page.example(words.text(answers.said[b]), fmt::format("The answer is: {}.", words.text(utterance.answer)));
    std::vector<std::string> heard;  // a sound's first frame names it
    for (std::uint32_t before = 0; const std::uint32_t sound : utterance.tokens) {
      heard.emplace_back(sound == before ? 0 : 1, static_cast<char>(sound));
      before = sound;
    }
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    page.table("Weight of every frame heard (columns) for every digit written (rows), in percent",
               words.words(answers.said[b]), heard, looked);
  }

  Vocabulary words{figures};
  engine::Linear<float> ear{layout_, "ear", {.in = bands, .out = width}};
  engine::LearnedPositions<float> time{layout_, "time", 64, width};
  TokenEmbedding digits{layout_, "digits", {.vocabulary = words.size(), .longest = spoken, .width = width}};
  engine::EncoderDecoder<float> listener{
      layout_, "listener", {.encoder = blocks(1, Mask::none, distances(16, 16)), .decoder = blocks(1, Mask::causal)}};
};

const MakeTask make_speech = make<Speech>;

}  // namespace infodiet::gallery
