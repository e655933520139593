#include "engine/distributed/communicator.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::engine {

namespace {

class Alone final : public Communicator {
 public:
  std::size_t rank() const override { return 0; }
  std::size_t size() const override { return 1; }

 private:
  void end_job(std::string_view why) override { throw Error(std::string(why)); }
  void transfer(std::span<const Outgoing>, std::span<const Incoming>) override {
    throw Error("there is no other process to exchange messages with");
  }
};

}  // namespace

void Communicator::exchange(Traffic kind, std::span<const Outgoing> out, std::span<const Incoming> in) {
  std::vector<Outgoing> sending;
  std::vector<Incoming> receiving;
  std::copy_if(out.begin(), out.end(), std::back_inserter(sending), [](const auto& one) { return !one.bytes.empty(); });
  std::copy_if(in.begin(), in.end(), std::back_inserter(receiving), [](const auto& one) { return !one.bytes.empty(); });
  Sent& sent = sent_[static_cast<std::size_t>(kind)];
  for (const Outgoing& one : sending) {
    ++sent.messages;
    sent.bytes += one.bytes.size();
  }
  if (!sending.empty() || !receiving.empty()) transfer(sending, receiving);
}

void Communicator::abort(std::string_view why) {
  end_job(why);
  std::abort();
}

Communicator& alone() {
  static Alone communicator;
  return communicator;
}

}  // namespace infodiet::engine
