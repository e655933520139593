// How process 0 of a job has the others help it: it names what is to be done, and all do it together. What needs a
// file, an option or a decision stays with process 0.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "engine/distributed/communicator.hpp"

namespace infodiet::engine {

/// Tells the other processes what comes next; alone, nothing. Only for process 0.
void give_order(Communicator& processes, std::string_view name);

/// The same for what takes more threads than one: how many each process has. 0 means one for each processor.
void give_threads(Communicator& processes, std::size_t threads);

/// Tells the others that the job is done.
void give_leave(Communicator& processes);

/// Does `work`, whose steps all processes take together. Where it throws in one of several, the job ends with its
/// message, since the others would wait forever.
template <class Work>
auto together(Communicator& processes, Work&& work) {
  if (processes.is_alone()) return work();
  try {
    return work();
  } catch (const std::exception& error) {
    processes.abort(error.what());
  }
}

/// What the processes other than 0 can be told to do.
class Orders {
 public:
  using Work = std::function<void(Communicator& processes, ThreadPool& pool)>;

  /// Throws Error for a name that is taken or too long.
  void add(std::string_view name, Work work);
  /// Does what process 0 says until it gives leave. Ends the job where something fails.
  void serve(Communicator& processes) const;

 private:
  std::map<std::string, Work, std::less<>> known_;
};

}  // namespace infodiet::engine
