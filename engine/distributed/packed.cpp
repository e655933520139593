#include "engine/distributed/packed.hpp"

#include "engine/errors.hpp"

namespace infodiet::engine {

void Packed::append(const void* data, std::size_t size) {
  if (size == 0) return;
  const std::size_t before = bytes_.size();
  bytes_.resize(before + size);
  std::memcpy(bytes_.data() + before, data, size);
}

void Packed::read(void* data, std::size_t size) {
  if (size > bytes_.size() - read_) throw Error("a message from another process is shorter than it should be");
  if (size > 0) std::memcpy(data, bytes_.data() + read_, size);
  read_ += size;
}

void Packed::add_texts(std::span<const std::string> texts) {
  add_value<std::uint64_t>(texts.size());
  for (const std::string& text : texts) add_all(text);
}

std::vector<std::string> Packed::take_texts() {
  std::vector<std::string> texts(take_value<std::uint64_t>());
  for (std::string& text : texts) text = take_all<std::string>();
  return texts;
}

void Packed::send(Communicator& processes, Traffic kind, std::size_t to) const {
  const std::uint64_t size = bytes_.size();
  const Communicator::Outgoing out[] = {{to, std::as_bytes(std::span(&size, 1))}, {to, bytes_}};
  processes.exchange(kind, out, {});
}

void Packed::send_to_others(Communicator& processes, Traffic kind) const {
  for (std::size_t p = 0; p < processes.size(); ++p) {
    if (p != processes.rank()) send(processes, kind, p);
  }
}

Packed Packed::receive(Communicator& processes, Traffic kind, std::size_t from) {
  std::uint64_t size = 0;
  const Communicator::Incoming announced{from, std::as_writable_bytes(std::span(&size, 1))};
  processes.exchange(kind, {}, {&announced, 1});
  Packed packed;
  packed.bytes_.resize(size);
  const Communicator::Incoming in{from, packed.bytes_};
  processes.exchange(kind, {}, {&in, 1});
  return packed;
}

}  // namespace infodiet::engine
