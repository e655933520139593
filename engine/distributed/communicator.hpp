// Processes that do one job together, on one machine or many. Moves bytes and counts them; what is worth sharing, and
// in which order sums are taken, is decided by those who call it. Knows no MPI: a program that runs alone links none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/distributed/share.hpp"

namespace infodiet::engine {

/// What a message is for.
enum class Traffic {
  orders,       ///< what to do next
  batches,      ///< inputs of a training step
  activations,  ///< vectors of tokens, and their gradients
  logits,       ///< gradients of scores
  gradients,    ///< sums over the batch, on their way
  weights,      ///< what an update changed
  models,       ///< complete models and moments
  histories,    ///< what people consumed, to be ranked
  results,      ///< answers to process 0
};
inline constexpr std::array<std::string_view, 9> traffic_names{
    "orders", "batches", "activations", "logits", "gradients", "weights", "models", "histories", "results"};

/// One process's view of all. Every process calls the same functions in the same order. Used by one thread at a time.
class Communicator {
 public:
  struct Outgoing {
    std::size_t to;
    std::span<const std::byte> bytes;
  };
  struct Incoming {
    std::size_t from;
    std::span<std::byte> bytes;
  };
  /// Messages that this process has sent, those of no bytes left out.
  struct Sent {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
  };

  Communicator() = default;
  virtual ~Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  /// This process's number, from 0 to size() - 1; process 0 decides what is done.
  virtual std::size_t rank() const = 0;
  virtual std::size_t size() const = 0;
  bool is_first() const { return rank() == 0; }
  bool is_alone() const { return size() == 1; }
  Share share() const { return {.index = rank(), .count = size()}; }

  /// Sends and receives all of these and waits for them. Messages between two processes arrive in the order in which
  /// both name them; one of no bytes is not sent.
  void exchange(Traffic kind, std::span<const Outgoing> out, std::span<const Incoming> in);
  const Sent& sent(Traffic kind) const { return sent_[static_cast<std::size_t>(kind)]; }

  /// Ends every process at once, because this one cannot go on with what it has begun together with the others.
  [[noreturn]] void abort(std::string_view why);

 private:
  /// Says why and ends all processes.
  virtual void end_job(std::string_view why) = 0;
  virtual void transfer(std::span<const Outgoing> out, std::span<const Incoming> in) = 0;

  std::array<Sent, traffic_names.size()> sent_{};
};

/// The communicator of a program that runs by itself.
Communicator& alone();

}  // namespace infodiet::engine
