// Spoken digits to text: an encoder hears frames of sixteen bands, a decoder writes the digits and attends to the
// frames (Chan et al. 2016, "Listen, attend and spell"). The voice is a formant synthesiser (Klatt 1980) in miniature.
#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t bands = 16;  // of 250 Hz
constexpr std::size_t longest = 64;
constexpr std::size_t spoken = 4;  // digits

/// The frequencies of a sound, in kHz: a vowel has two formants, a hiss a band.
struct Sound {
  char name;
  double first, second, breadth;
};
constexpr std::array<Sound, 15> sounds{{{'w', 0.3, 0.7, 0.2},
                                        {'u', 0.3, 0.9, 0.2},
                                        {'o', 0.5, 0.9, 0.2},
                                        {'a', 0.8, 1.2, 0.2},
                                        {'e', 0.5, 1.9, 0.2},
                                        {'i', 0.3, 2.3, 0.2},
                                        {'r', 0.4, 1.3, 0.2},
                                        {'n', 0.3, 1.5, 0.3},
                                        {'z', 0.2, 3.3, 0.5},
                                        {'s', 3.6, 3.8, 0.4},
                                        {'f', 2.5, 3.2, 1.0},
                                        {'h', 2.9, 3.5, 0.7},
                                        {'t', 3.0, 3.4, 0.3},
                                        {'k', 1.8, 2.2, 0.4},
                                        {'v', 0.2, 2.6, 0.8}}};
const std::vector<std::string> pronounced{"ziro", "wan", "tu", "hri", "for", "faiv", "siks", "sevn", "eit", "nain"};
const std::vector<std::string> figures{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};

struct Utterance {
  std::vector<std::uint32_t> content;  // the digits
  std::vector<std::uint32_t> answer;   // the same
  std::vector<float> frames;           // (frames, bands)
  std::vector<std::string> heard;      // the sound of every frame, for the picture
};

class Speech final : public TaskOf<Utterance> {
 public:
  Speech()
      : TaskOf("speech", {.steps = 800}),
        ear(layout_, "ear", {.in = bands, .out = width}),
        time(layout_, "time", longest, width),
        digits(layout_, "digits", {.vocabulary = 11, .longest = spoken, .width = width}),
        listener(layout_, "listener",
                 {.encoder = blocks(1, engine::Mask::none, {.relative = {.count = 16, .longest = 16}}),
                  .decoder = blocks(1, engine::Mask::causal)}) {}

  Utterance draw(RandomStream& stream) const override {
    Utterance utterance;
    const double height = 0.85 + 0.3 * stream.uniform();
    const double pace = 0.8 + 0.6 * stream.uniform();
    const auto hold = [&](const Sound* sound, double frames) {
      for (auto left = std::lround(pace * frames + stream.uniform()); left > 0; --left) {
        for (std::size_t band = 0; band < bands; ++band) {
          const double at = 0.125 + 0.25 * static_cast<double>(band);
          const auto peak = [&](double formant) {
            return std::exp(-std::pow((at - height * formant) / sound->breadth, 2));
          };
          const double energy = sound == nullptr ? 0 : peak(sound->first) + peak(sound->second);
          utterance.frames.push_back(static_cast<float>(energy + 0.2 * stream.normal()));
        }
        utterance.heard.emplace_back(sound == nullptr ? std::string_view("-") : std::string_view(&sound->name, 1));
      }
    };
    for (std::size_t d = 0; d < spoken; ++d) {
      const auto digit = static_cast<std::uint32_t>(stream.below(10));
      utterance.content.push_back(digit);
      for (const char name : pronounced[digit]) {
        hold(std::find_if(sounds.begin(), sounds.end(), [&](const Sound& sound) { return sound.name == name; }), 1.5);
      }
      if (happens(0.5, stream)) hold(nullptr, 1);
    }
    utterance.answer = utterance.content;
    return utterance;
  }

  Answers run(Tape& tape, const std::vector<Utterance>& utterances) const override {
    Node& frames = tape.add_positions(time, tape.linear(ear, tape.input(utterances, &Utterance::frames, bands)));
    Node& written = tape.embed(digits, read_so_far(utterances, 10));
    Node& decoded = tape.translate(listener, frames, written);
    return tape.classify(decoded, digits.table, answers_of(utterances)).showing({&decoded});
  }
  Answers answer(Tape& tape, const std::vector<Utterance>& utterances) const override {
    return write(tape, utterances, spoken);
  }

  void show(const Utterance& utterance, std::size_t b, const Answers& answers, Page& page) const override {
    const auto words = [](const std::vector<std::uint32_t>& numbers) {
      std::vector<std::string> said;
      for (const std::uint32_t number : numbers) said.push_back(number < 10 ? figures[number] : "?");
      return said;
    };
    page.example(fmt::format("{}", fmt::join(words(answers.said[b]), " ")),
                 fmt::format("The answer is: {}.", fmt::join(words(utterance.answer), " ")));
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    page.table("Weight of every frame heard (columns) for every digit written (rows), in percent",
               words(answers.said[b]), utterance.heard, looked);
  }

  engine::Linear<float> ear;
  engine::LearnedPositions<float> time;
  TokenEmbedding digits;
  engine::EncoderDecoder<float> listener;
};

}  // namespace

std::unique_ptr<Task> make_speech() {
  return std::make_unique<Speech>();
}

}  // namespace infodiet::gallery
