// What a task of the gallery is, to the code that trains it, measures it and shows it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/parallel.hpp"
#include "engine/parameters.hpp"
#include "engine/random.hpp"
#include "engine/workspace.hpp"

namespace infodiet::gallery {

class Page;

/// One thread's memory for running a task's network, and the network itself through the task. Examples are drawn from
/// the stream given, so that what is learned never depends on how many learners share the work.
class Learner {
 public:
  virtual ~Learner() = default;

  /// The mean loss over so many training examples; adds its gradient.
  virtual double learn(const engine::Parameters<float>& parameters, engine::RandomStream& draws, std::size_t examples,
                       engine::Parameters<float>& gradients) = 0;
  /// How many of so many test examples are answered right.
  virtual std::size_t right(const engine::Parameters<float>& parameters, engine::RandomStream& draws,
                            std::size_t examples) = 0;
  /// Adds a few test examples, with what was attended to, to a page.
  virtual void show(const engine::Parameters<float>& parameters, engine::RandomStream& draws, Page& page) = 0;

 protected:
  engine::ThreadPool alone_{1};  ///< losses and tables share their work among threads; learners run on one each
  engine::Workspace<float> workspace_;
  engine::CatalogueCrossEntropy<float> loss_;
};

struct TaskText {
  std::string name;      ///< as it is asked for, and its picture's file
  std::string title;     ///< a few words
  std::string measured;  ///< what the accuracy is the share of
  std::string task;      ///< a sentence or two: what is given, what is to be found
  std::string look;      ///< what there is to see in the picture
};

struct TaskTraining {
  std::size_t steps = 300;
  std::size_t batch = 64;  ///< examples a step
  double rate = 3e-3;      ///< at its peak
};

class Task {
 public:
  virtual ~Task() = default;
  virtual TaskText text() const = 0;
  virtual TaskTraining training() const = 0;
  virtual const engine::ParameterLayout& layout() const = 0;
  /// The task must outlive it.
  virtual std::unique_ptr<Learner> learner() const = 0;
};

}  // namespace infodiet::gallery
