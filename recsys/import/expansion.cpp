#include "recsys/import/expansion.hpp"

#include <fmt/format.h>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

void Expansion::add(std::uint64_t unpacked, std::uint64_t packed) {
  unpacked_ += unpacked;
  if (unpacked_ <= always_fine) return;
  if (packed == 0 || unpacked_ / most_times > packed) {
    throw DataError(
        fmt::format("{}: {} bytes unpack to {} and more, over {} times as much, which real logs never do: nothing was "
                    "stored; if you trust it, unpack it yourself and import the result",
                    name_, packed, unpacked_, most_times));
  }
  if (unpacked_ > most_bytes) {
    throw DataError(fmt::format("{}: unpacks to more than {} GiB: nothing was stored; import it in parts", name_,
                                most_bytes >> 30));
  }
}

}  // namespace infodiet::recsys
