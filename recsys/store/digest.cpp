#include "recsys/store/digest.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <bit>
#include <new>

namespace infodiet::recsys {

static_assert(std::endian::native == std::endian::little, "digests and tensors are stored as little-endian bytes");

struct Digest::State {
  XXH3_state_t* handle = XXH3_createState();
  State() {
    if (handle == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(handle);
  }
  ~State() { XXH3_freeState(handle); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;

Digest& Digest::append(std::span<const std::byte> bytes) {
  XXH3_128bits_update(state_->handle, bytes.data(), bytes.size());
  return *this;
}

Digest& Digest::add_part(std::span<const std::byte> bytes) {
  add(static_cast<std::int64_t>(bytes.size()));
  return append(bytes);
}

Digest& Digest::add(std::string_view text) {
  return add_part(std::as_bytes(std::span(text)));
}
Digest& Digest::add(std::int64_t number) {
  return append(std::as_bytes(std::span(&number, 1)));
}

std::string Digest::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->handle);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::uint64_t Digest::value64() const {
  return XXH3_128bits_digest(state_->handle).low64;
}

}  // namespace infodiet::recsys
