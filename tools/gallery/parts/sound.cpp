#include "tools/gallery/parts/sound.hpp"

#include <algorithm>
#include <array>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <cmath>
#include <numbers>
#include <utility>

namespace infodiet::gallery {

namespace {

constexpr int harmonics = 8;

double loudness(int harmonic) {
  return std::pow(harmonic, -0.6);
}

/// Cosine and sine of a pitch at a sample.
std::array<double, 2> wave(double pitch, std::size_t at) {
  const double phase = 2 * std::numbers::pi * pitch * static_cast<double>(at) / 8000;
  return {std::cos(phase), std::sin(phase)};
}

/// In base64.
std::string text_of(std::string bytes) {
  using namespace boost::archive::iterators;
  bytes.resize((bytes.size() + 2) / 3 * 3);  // so that nothing is left over
  using Digits = base64_from_binary<transform_width<const char*, 6, 8>>;
  return {Digits(bytes.data()), Digits(bytes.data() + bytes.size())};
}

}  // namespace

std::vector<double> spectrum(double pitch, std::size_t bands) {
  std::vector<double> energy(bands);
  for (std::size_t band = 0; band < bands; ++band) {
    for (int k = 1; k <= harmonics; ++k) {
      const double away = 12.5 + 25.0 * static_cast<double>(band) - k * pitch;
      energy[band] += loudness(k) * std::exp(-std::pow(away / 15, 2));
    }
  }
  return energy;
}

void add_voice(double pitch, std::size_t first, std::size_t count, std::span<float> samples) {
  for (std::size_t at = first; at < first + count; ++at) {
    for (int k = 1; k <= harmonics; ++k) samples[at] += static_cast<float>(loudness(k) * wave(k * pitch, at)[1]);
  }
}

std::vector<float> combed(std::span<const float> samples, double pitch, std::size_t frame) {
  std::vector<float> kept(samples.size());
  for (std::size_t first = 0; first < samples.size(); first += frame) {
    for (int k = 1; k <= harmonics; ++k) {
      std::array<double, 2> part{};
      for (std::size_t at = 0; at < frame; ++at) {
        const std::array<double, 2> tone = wave(k * pitch, at);
        for (std::size_t c = 0; c < 2; ++c) part[c] += samples[first + at] * tone[c] * 2 / static_cast<double>(frame);
      }
      for (std::size_t at = 0; at < frame; ++at) {
        const std::array<double, 2> tone = wave(k * pitch, at);
        kept[first + at] += static_cast<float>(part[0] * tone[0] + part[1] * tone[1]);
      }
    }
  }
  return kept;
}

double clarity(std::span<const float> voice, std::span<const float> samples) {
  double wanted = 0;
  double rest = 0;
  for (std::size_t at = 0; at < voice.size(); ++at) {
    wanted += voice[at] * voice[at];
    rest += (samples[at] - voice[at]) * (samples[at] - voice[at]);
  }
  return 10 * std::log10(wanted / rest);
}

std::string wav_base64(std::span<const float> samples) {
  std::string file = "RIFF";
  const auto number = [&file](std::size_t value, int bytes) {
    for (; bytes-- > 0; value /= 256) file += static_cast<char>(value % 256);
  };
  number(36 + samples.size(), 4);
  file += "WAVEfmt ";
  for (const auto& [value, bytes] : {std::pair(16, 4), {1, 2}, {1, 2}, {8000, 4}, {8000, 4}, {1, 2}, {8, 2}}) {
    number(static_cast<std::size_t>(value), bytes);
  }
  file += "data";
  number(samples.size(), 4);
  float loudest = 0;
  for (const float sample : samples) loudest = std::max(loudest, std::abs(sample));
  for (const float sample : samples) number(static_cast<std::size_t>(std::lround(128 + 127 * sample / loudest)), 1);
  return text_of(std::move(file));
}

}  // namespace infodiet::gallery
