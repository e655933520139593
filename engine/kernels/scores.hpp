// Kernels of positions and times: rotation, biases by time interval, and the additive score.
#pragma once

#include "engine/kernels/elementwise.hpp"
#include "engine/kernels/kernels.hpp"

namespace infodiet::engine::kernels {

template <class Arch, class T>
struct Scores : Elementwise<Arch, T> {
  using Base = Elementwise<Arch, T>;
  using Base::load_part, Base::part, Base::store_part, Base::sum, Base::width;
  using typename Base::Batch;

  static void rotate(T* x, std::size_t heads, std::size_t head_width, const T* cosines, const T* sines) {
    for (std::size_t h = 0; h < heads; ++h) {
      T* pairs = x + h * head_width;
      for (std::size_t i = 0; i < head_width / 2; ++i) {
        const T a = pairs[2 * i];
        const T b = pairs[2 * i + 1];
        pairs[2 * i] = a * cosines[i] - b * sines[i];
        pairs[2 * i + 1] = a * sines[i] + b * cosines[i];
      }
    }
  }

  // Scores are taken in blocks whose buckets are found first, a loop that vectorises apart from the lookups.
  static constexpr std::size_t block = 256;

  static void find_buckets(std::int32_t time, const std::int32_t* times, std::size_t n, std::int32_t* buckets) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::int32_t difference = time - times[j];
      const float x = 1.0F + static_cast<float>(difference < 0 ? -difference : difference);
      // The bits of a float of at least 1: exponent + 127, then the mantissa, whose first bit is the octave's half.
      buckets[j] = (__builtin_bit_cast(std::int32_t, x) >> 22) - 2 * 127;
    }
  }

  static void add_interval_bias(T* scores, std::size_t n, std::int32_t time, const std::int32_t* times,
                                const T* table) {
    std::int32_t buckets[block];
    for (std::size_t begin = 0; begin < n; begin += block) {
      const std::size_t count = n - begin < block ? n - begin : block;
      find_buckets(time, times + begin, count, buckets);
      for (std::size_t j = 0; j < count; ++j) scores[begin + j] += table[buckets[j]];
    }
  }

  static void add_interval_bias_backward(const T* dscores, std::size_t n, std::int32_t time, const std::int32_t* times,
                                         T* dtable) {
    std::int32_t buckets[block];
    for (std::size_t begin = 0; begin < n; begin += block) {
      const std::size_t count = n - begin < block ? n - begin : block;
      find_buckets(time, times + begin, count, buckets);
      for (std::size_t j = 0; j < count; ++j) dtable[buckets[j]] += dscores[begin + j];
    }
  }

  static void add_additive_scores(const T* query, AdditiveKeys<const T> keys, Rows<const T> u, std::size_t n,
                                  T* scores) {
    for (std::size_t j = 0; j < n; ++j) {
      const T* key = keys.data + j * keys.stride;
      Batch total(T{0});
      for (std::size_t a = 0; a < u.cols; a += width) {
        const std::size_t count = part(u.cols - a);
        const Batch t = xsimd::tanh(load_part(query + a, count) + load_part(key + a, count));
        total = xsimd::fma(load_part(u.data + a, count), t, total);
      }
      scores[j] += sum(total);
    }
  }

  static void add_additive_scores_backward(const T* query, AdditiveKeys<const T> keys, Rows<const T> u, std::size_t n,
                                           const T* dscores, AdditiveGradients<T> gradients) {
    for (std::size_t j = 0; j < n; ++j) {
      const T* key = keys.data + j * keys.stride;
      T* dkey = gradients.keys.data + j * gradients.keys.stride;
      const T dscore = dscores[j];
      // forward: score += u tanh(query + key)
      for (std::size_t a = 0; a < u.cols; a += width) {
        const std::size_t count = part(u.cols - a);
        const Batch t = xsimd::tanh(load_part(query + a, count) + load_part(key + a, count));
        const Batch inside = load_part(u.data + a, count) * dscore * (T{1} - t * t);
        T* du = gradients.u + a;
        T* dquery = gradients.query + a;
        store_part(load_part(du, count) + t * dscore, du, count);
        store_part(load_part(dquery, count) + inside, dquery, count);
        store_part(load_part(dkey + a, count) + inside, dkey + a, count);
      }
    }
  }
};

}  // namespace infodiet::engine::kernels
