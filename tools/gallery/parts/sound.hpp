// Voices as sums of harmonics which get softer: their energy, their samples, 8000 a second, and files of them.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace infodiet::gallery {

/// The energy of a voice in bands of 25 Hz from 0 on.
std::vector<double> spectrum(double pitch, std::size_t bands);
/// Adds a voice to `count` samples from `first` on.
void add_voice(double pitch, std::size_t first, std::size_t count, std::span<float> samples);
/// The part of each frame of so many samples that is at the harmonics of a voice.
std::vector<float> combed(std::span<const float> samples, double pitch, std::size_t frame);
/// The energy of a voice beside that of all else in the samples, in decibels.
double clarity(std::span<const float> voice, std::span<const float> samples);
/// A WAV file of 8 bits a sample, in base64.
std::string wav_base64(std::span<const float> samples);

}  // namespace infodiet::gallery
