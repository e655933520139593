// One of two voices: attention over frames of sound finds who is asked for (the cocktail party of Cherry 1953), and a
// comb of the harmonics of that voice is what is kept of the recording.
#include <numbers>

#include "tools/gallery/parts/task.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

constexpr std::size_t bands = 40;  // of 25 Hz
constexpr std::size_t frames = 20;
constexpr std::uint32_t pitches = 12;
constexpr int harmonics = 8;
constexpr std::size_t frame_length = 512;  // in samples, 8000 a second
constexpr double bell_pitch = 950;

double hertz(std::uint32_t pitch) {
  return 90 + 11.0 * pitch;
}

struct Recording {
  std::vector<std::uint32_t> content;  // the pitches of both voices, then who is heard in every frame
  std::vector<std::uint32_t> answer;   // the pitch of the voice after the bell
  std::vector<float> heard;            // (frames, bands)
};

/// Who is heard in a frame: the asked, the other, both as their sum; or the bell.
constexpr std::uint32_t asked = 1, other = 2, both = 3, bell = 4;
const std::vector<std::string> who{"", "the asked", "the other", "both", "bell"};

class Focus final : public TaskOf<Recording> {
 public:
  Focus()
      : TaskOf("focus", {.steps = 600}),
        ear(layout_, "ear", {.in = bands, .out = width}),
        time(layout_, "time", frames, width),
        asker(layout_.add_vector("asker", width, engine::Initialiser::normal(0.5))),
        listener(layout_, "listener",
                 {.encoder = blocks(1, engine::Mask::none, {.relative = {.count = 16, .longest = 16}}),
                  .decoder = blocks(1)}),
        pitch_table(table("pitches", pitches, 0.1)) {}

  Recording draw(RandomStream& stream) const override {
    std::vector<std::vector<std::uint32_t>> alone{{bell, asked, asked}, {other, other}};
    engine::shuffle(std::span(alone), stream);
    Recording recording;
    const auto first = static_cast<std::uint32_t>(stream.below(pitches));
    const auto apart = 1 + static_cast<std::uint32_t>(stream.below(pitches - 1));
    recording.content = {first, (first + apart) % pitches};
    recording.answer = {first};
    for (const auto& turn : alone) {
      recording.content.resize(recording.content.size() + stream.below(6), both);
      recording.content.insert(recording.content.end(), turn.begin(), turn.end());
    }
    recording.content.resize(2 + frames, both);
    for (std::size_t frame = 0; frame < frames; ++frame) {
      std::array<double, bands> energy{};
      for (const auto& [pitch, loudness] : tones(recording, frame)) {
        for (std::size_t band = 0; band < bands; ++band) {
          energy[band] += loudness * std::exp(-std::pow((12.5 + 25.0 * static_cast<double>(band) - pitch) / 15, 2));
        }
      }
      for (const double value : energy) recording.heard.push_back(static_cast<float>(value + 0.2 * stream.normal()));
    }
    return recording;
  }

  Answers run(Tape& tape, const std::vector<Recording>& recordings) const override {
    Node& sound = tape.add_positions(time, tape.linear(ear, tape.input(recordings, &Recording::heard, bands)));
    Node& found = tape.translate(listener, sound, tape.learned(asker, recordings.size()));
    return tape.classify(found, pitch_table, answers_of(recordings)).showing({&found});
  }

  void show(const Recording& recording, std::size_t b, const Answers& answers, Page& page) const override {
    const std::vector<float> voice = sounds(recording, {asked}, 0);
    const std::vector<float> all = sounds(recording, {asked, other, bell}, 0.3);
    const std::vector<float> kept = comb(all, hertz(answers.said[b].front()));
    page.example(fmt::format("A voice of {:.0f} Hz, {:.1f} decibels clearer", hertz(answers.said[b].front()),
                             clarity(voice, kept) - clarity(voice, all)),
                 fmt::format("The voice after the bell has {:.0f} Hz, the other {:.0f} Hz.",
                             hertz(recording.content[0]), hertz(recording.content[1])));
    std::vector<std::string> heard;
    for (std::size_t frame = 0; frame < frames; ++frame) heard.push_back(who[recording.content[2 + frame]]);
    const Matrix<float> looked = answers.seen[0]->attention(0, b);
    page.words("Weight of every frame, in percent, and who is heard in it", heard, {looked.data(), frames});
    page.sound("The recording", all);
    page.sound("What is kept of it", kept);
  }

 private:
  using Tones = std::vector<std::array<double, 2>>;  // frequency and loudness

  static Tones tones_of(std::uint32_t source, const Recording& recording) {
    if (source == bell) return {{bell_pitch, 1.5}};
    Tones tones;
    for (int k = 1; k <= harmonics; ++k) tones.push_back({k * hertz(recording.content[source - 1]), std::pow(k, -0.6)});
    return tones;
  }
  static Tones tones(const Recording& recording, std::size_t frame) {
    const std::uint32_t now = recording.content[2 + frame];
    if (now != both) return tones_of(now, recording);
    Tones all = tones_of(asked, recording);
    for (const auto& tone : tones_of(other, recording)) all.push_back(tone);
    return all;
  }
  /// Samples of some of the sources, in noise.
  static std::vector<float> sounds(const Recording& recording, const std::vector<std::uint32_t>& sources,
                                   double noise) {
    RandomStream stream(recording.content[0], engine::Purpose::examples, recording.content[1]);
    std::vector<float> samples;
    for (std::size_t at = 0; at < frames * frame_length; ++at) {
      const std::uint32_t now = recording.content[2 + at / frame_length];
      double sample = noise * stream.normal();
      for (const std::uint32_t source : sources) {
        if (source != now && (source == bell || now != both)) continue;
        for (const auto& [pitch, loudness] : tones_of(source, recording)) sample += loudness * wave(pitch, at)[1];
      }
      samples.push_back(static_cast<float>(sample));
    }
    return samples;
  }
  /// Cosine and sine of a frequency.
  static std::array<double, 2> wave(double pitch, std::size_t at) {
    const double phase = 2 * std::numbers::pi * pitch * static_cast<double>(at) / 8000;
    return {std::cos(phase), std::sin(phase)};
  }
  /// Of every frame, the part at multiples of a frequency.
  static std::vector<float> comb(const std::vector<float>& samples, double pitch) {
    std::vector<float> kept(samples.size());
    for (std::size_t begin = 0; begin < samples.size(); begin += frame_length) {
      for (int k = 1; k <= harmonics; ++k) {
        std::array<double, 2> part{};
        for (std::size_t at = begin; at < begin + frame_length; ++at) {
          for (std::size_t c = 0; c < 2; ++c) part[c] += samples[at] * wave(k * pitch, at)[c] * 2 / frame_length;
        }
        for (std::size_t at = begin; at < begin + frame_length; ++at) {
          for (std::size_t c = 0; c < 2; ++c) kept[at] += static_cast<float>(part[c] * wave(k * pitch, at)[c]);
        }
      }
    }
    return kept;
  }
  /// The energy of a voice beside that of all else in the samples, in decibels.
  static double clarity(const std::vector<float>& voice, const std::vector<float>& samples) {
    double wanted = 0;
    double rest = 0;
    for (std::size_t at = 0; at < voice.size(); ++at) {
      wanted += voice[at] * voice[at];
      rest += (samples[at] - voice[at]) * (samples[at] - voice[at]);
    }
    return 10 * std::log10(wanted / rest);
  }

  engine::Linear<float> ear;
  engine::LearnedPositions<float> time;
  engine::ParameterHandle asker;
  engine::EncoderDecoder<float> listener;
  engine::ParameterHandle pitch_table;
};

}  // namespace

std::unique_ptr<Task> make_focus() {
  return std::make_unique<Focus>();
}

}  // namespace infodiet::gallery
