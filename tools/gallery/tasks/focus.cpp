// One of two voices: attention over frames of sound finds who is asked for (the cocktail party of Cherry 1953), and a
// comb of the harmonics of that voice is what is kept of the recording.
#include "tools/gallery/parts/sound.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr std::size_t bands = 40;
constexpr std::size_t frames = 20;
constexpr std::size_t frame_length = 512;  // in samples
constexpr std::uint32_t pitches = 12;

// Who is heard in a frame: some of two voices, of the one asked for and another, and a bell.
constexpr std::uint32_t asked = 1, other = 2, bell = 4;
const std::vector<std::string> who{"", "the asked", "the other", "both", "bell"};

/// The pitches of voices, then the bell's.
static double hertz(std::uint32_t pitch) {
  return pitch < pitches ? 90 + 11.0 * pitch : 950;
}

class Focus final : public AnsweringTask {
 public:
  Focus() : AnsweringTask("focus", {.steps = 600}) {
    for (std::uint32_t pitch = 0; pitch <= pitches; ++pitch) spectra.push_back(spectrum(hertz(pitch), bands));
  }

  /// The content is the pitches of the voices and the bell, then who is heard in every frame.
  Example draw(RandomStream& stream) const override {
    std::vector<std::vector<std::uint32_t>> alone{{bell, asked, asked}, {other, other}};
    engine::shuffle(std::span(alone), stream);
    Example recording{.content = some_below(pitches, 2, stream)};
    recording.answer = {recording.content.front()};
    recording.content.push_back(pitches);
    for (const auto& turn : alone) {
      recording.content.resize(recording.content.size() + stream.below(6), asked + other);
      recording.content.insert(recording.content.end(), turn.begin(), turn.end());
    }
    recording.content.resize(3 + frames, asked + other);
    for (std::size_t at = 0; at < frames * bands; ++at) {
      double energy = 0.2 * stream.normal();
      for (std::size_t s = 0; s < 3; ++s) {
        if ((recording.content[3 + at / bands] >> s & 1U) != 0) energy += spectra[recording.content[s]][at % bands];
      }
      recording.numbers.push_back(static_cast<float>(energy));
    }
    return recording;
  }

  Answers run(Tape& tape, const Examples& recordings) const override {
    Node& sound = tape.add_positions(time, tape.linear(ear, tape.input(recordings, bands)));
    Node& found = tape.translate(listener, sound, tape.all_rows(asker, recordings.size()));
    return tape.classify(found, pitch_table, answers_of(recordings)).showing({&found});
  }

  void show(const Example& recording, std::size_t b, const Answers& answers, Page& page) const override {
    const double said = hertz(answers.said[b].front());
    const std::vector<float> voice = sound(recording, asked);
    std::vector<float> all = sound(recording, asked + other + bell);
    RandomStream hiss(recording.content[0], engine::Purpose::examples, recording.content[1]);
    for (float& sample : all) sample += static_cast<float>(0.3 * hiss.normal());
    const std::vector<float> kept = combed(all, said, frame_length);
    std::vector<std::string> heard;
    for (std::size_t frame = 0; frame < frames; ++frame) heard.push_back(who[recording.content[3 + frame]]);
    page.example(
        fmt::format("A voice of {:.0f} Hz, {:.1f} decibels clearer", said, clarity(voice, kept) - clarity(voice, all)),
        fmt::format("The voice after the bell has {:.0f} Hz, the other {:.0f} Hz.", hertz(recording.content[0]),
                    hertz(recording.content[1])));
    page.words("Weight of every frame, in percent, and who is heard in it", heard,
               row_of(answers.seen[0]->attention(0, b), 0));
    page.sound("The recording", all);
    page.sound("What is kept of it", kept);
  }

  /// Samples of some of those who are heard.
  static std::vector<float> sound(const Example& recording, std::uint32_t sources) {
    std::vector<float> samples(frames * frame_length);
    for (std::size_t at = 0; at < 3 * frames; ++at) {
      const std::uint32_t heard = recording.content[3 + at / 3] & sources;
      if ((heard >> at % 3 & 1U) == 0) continue;
      add_voice(hertz(recording.content[at % 3]), at / 3 * frame_length, frame_length, samples);
    }
    return samples;
  }

  std::vector<std::vector<double>> spectra;  // of all pitches
  engine::Linear<float> ear{layout_, "ear", {.in = bands, .out = width}};
  engine::LearnedPositions<float> time{layout_, "time", frames, width};
  engine::ParameterHandle asker = table("asker", 1);
  engine::EncoderDecoder<float> listener{
      layout_, "listener", {.encoder = blocks(1, Mask::none, distances(16, 16)), .decoder = blocks(1)}};
  engine::ParameterHandle pitch_table = table("pitches", pitches, 0.1);
};

const MakeTask make_focus = make<Focus>;

}  // namespace infodiet::gallery
