#include "rl/agent/network.hpp"

#include <array>
#include <cmath>

#include "engine/attention/attend.hpp"
#include "engine/attention/dot_product.hpp"
#include "engine/attention/multi_head.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::rl {

namespace {

using engine::MatrixSpan;

constexpr auto where = "agent";

engine::Initialiser glorot(std::size_t in, std::size_t out) {
  return engine::Initialiser::glorot(in, out);
}

template <class M>
void require_decisions(const Decisions& decisions, const M& memory, std::size_t candidates) {
  engine::require_size(candidates, decisions.rows(), where, "the number of candidates",
                       "as many for each session and step");
  engine::require_size(memory.rows, decisions.sessions * decisions.memory_steps, where, "the number of tokens",
                       "as many for each session");
  engine::require_size(std::min(decisions.memory_steps, decisions.first_step + decisions.steps),
                       decisions.first_step + decisions.steps, where, "the number of steps remembered",
                       "one for each step up to the last decision's");
}

/// Rows of one session's queries and of the memory that they may look at, columns of one head.
struct Head {
  std::size_t first_query;
  std::size_t queries;
  std::size_t first_key;
  std::size_t keys;
  std::size_t column;
  std::size_t columns;

  Head(const Decisions& d, std::size_t session, std::size_t head, const AgentNetworkOptions& options)
      : first_query(session * d.steps * d.candidates),
        queries(d.steps * d.candidates),
        first_key(session * d.memory_steps),
        keys(d.first_step + d.steps),
        column(head * options.width / options.heads),
        columns(options.width / options.heads) {}

  template <class S>
  S of_queries(S rows) const {
    return rows.rows_from(first_query, queries).cols_from(column, columns);
  }
  template <class S>
  S keys_of(S memory) const {
    return memory.rows_from(first_key, keys).cols_from(column, columns);
  }
  template <class S>
  S values_of(S memory) const {
    return memory.rows_from(first_key, keys).cols_from(memory.cols / 2 + column, columns);
  }
};

}  // namespace

template <class T>
AgentNetwork<T>::AgentNetwork(const AgentNetworkOptions& o)
    : options_(o),
      event_(layout_, "event",
             {.in = o.event_features, .out = o.width, .initialiser = glorot(o.event_features, o.width)}),
      key_value_(layout_, "key_value", {.in = o.width, .out = 2 * o.width, .initialiser = glorot(o.width, o.width)}),
      candidate_(layout_, "candidate",
                 {.in = o.candidate_features, .out = o.width, .initialiser = glorot(o.candidate_features, o.width)}),
      query_(layout_, "query", {.in = o.width, .out = o.width, .initialiser = glorot(o.width, o.width)}),
      age_(layout_, "age", o.heads),
      out_(layout_, "out", {.in = o.width, .out = o.width, .initialiser = glorot(o.width, o.width)}),
      norm_(layout_, "norm", o.width),
      widen_(layout_, "widen", {.in = o.width, .out = 2 * o.width, .initialiser = glorot(o.width, 2 * o.width)}),
      score_(layout_, "score", {.in = 2 * o.width, .out = 1, .bias = engine::Bias::no}) {
  engine::require_heads(where, o.width, o.heads);
}

template <class T>
void AgentNetwork<T>::remember(const engine::Parameters<T>& parameters, MatrixSpan<const T> events, EventCache& cache,
                               engine::Matrix<T>& memory) const {
  event_.forward(parameters, events, cache.before);
  engine::Silu<T>::forward(cache.before, cache.after);
  key_value_.forward(parameters, cache.after, memory);
}

template <class T>
void AgentNetwork<T>::remember_backward(const engine::Parameters<T>& parameters, MatrixSpan<const T> events,
                                        const EventCache& cache, const engine::Matrix<T>& dmemory,
                                        engine::Workspace<T>& workspace, engine::Parameters<T>& gradients) const {
  auto dhidden = workspace.take(0, 0);
  auto devents = workspace.take(0, 0);
  // forward: memory = silu(events We) Wm
  key_value_.backward(parameters, cache.after, dmemory, *dhidden, gradients);
  engine::Silu<T>::backward(cache.before, *dhidden, *dhidden);
  event_.backward(parameters, events, *dhidden, *devents, gradients);
}

template <class T>
void AgentNetwork<T>::score(const engine::Parameters<T>& parameters, const Decisions& decisions,
                            MatrixSpan<const T> memory, MatrixSpan<const T> candidates, ScoreCache& cache,
                            engine::Workspace<T>& workspace, engine::Matrix<T>& scores) const {
  require_decisions(decisions, memory, candidates.rows);
  const std::size_t rows = candidates.rows;
  candidate_.forward(parameters, candidates, cache.before);
  engine::Silu<T>::forward(cache.before, cache.content);
  query_.forward(parameters, cache.content, cache.query);

  age_.forward(parameters, decisions.first_step + decisions.steps, cache.by_age);
  cache.context.resize({rows, options_.width});
  cache.normalisers.resize({options_.heads, rows});
  const T scale = T{1} / std::sqrt(static_cast<T>(options_.width / options_.heads));
  for (std::size_t session = 0; session < decisions.sessions; ++session) {
    for (std::size_t h = 0; h < options_.heads; ++h) {
      const Head head(decisions, session, h, options_);
      const engine::DotProduct<T> product(head.of_queries(MatrixSpan<const T>(cache.query)), head.keys_of(memory),
                                          scale);
      const typename AgeBias<T>::Term age({decisions.first_step, decisions.candidates},
                                          {&cache.by_age(h, 0), cache.by_age.shape(1)}, nullptr);
      const std::array<const engine::ScoreTerm<T>*, 2> terms{&product, &age};
      engine::attend<T>({.terms = terms, .value = head.values_of(memory)},
                        head.of_queries(MatrixSpan<T>(cache.context)), {&cache.normalisers(h, head.first_query)},
                        workspace);
    }
  }

  out_.forward(parameters, cache.context, cache.sum);
  engine::add_to<T>(cache.sum, cache.content);
  norm_.forward(parameters, cache.sum, cache.norm, cache.normed);
  widen_.forward(parameters, cache.normed, cache.wide);
  engine::Silu<T>::forward(cache.wide, cache.bent);
  score_.forward(parameters, cache.bent, scores);
}

template <class T>
void AgentNetwork<T>::score_backward(const engine::Parameters<T>& parameters, const Decisions& decisions,
                                     MatrixSpan<const T> memory, MatrixSpan<const T> candidates,
                                     const ScoreCache& cache, const engine::Matrix<T>& dscores,
                                     engine::Workspace<T>& workspace, engine::Matrix<T>& dmemory,
                                     engine::Parameters<T>& gradients) const {
  require_decisions(decisions, memory, candidates.rows);
  const std::size_t rows = candidates.rows;
  auto dwide = workspace.take(0, 0);
  auto dsum = workspace.take(0, 0);
  // forward: score = silu(norm(sum) W1) w2
  score_.backward(parameters, cache.bent, dscores, *dwide, gradients);
  engine::Silu<T>::backward(cache.wide, *dwide, *dwide);
  widen_.backward(parameters, cache.normed, *dwide, *dsum, gradients);
  norm_.backward(parameters, cache.sum, cache.norm, *dsum, *dsum, gradients);

  // forward: sum = content + context Wo
  auto dcontext = workspace.take(0, 0);
  out_.backward(parameters, cache.context, *dsum, *dcontext, gradients);

  auto dquery = workspace.take(rows, options_.width);
  auto dby_age = workspace.take(options_.heads, cache.by_age.shape(1));
  engine::clear<T>(*dquery);
  engine::clear<T>(*dby_age);
  const T scale = T{1} / std::sqrt(static_cast<T>(options_.width / options_.heads));
  for (std::size_t session = 0; session < decisions.sessions; ++session) {
    for (std::size_t h = 0; h < options_.heads; ++h) {
      const Head head(decisions, session, h, options_);
      const engine::DotProduct<T> product(head.of_queries(MatrixSpan<const T>(cache.query)), head.keys_of(memory),
                                          scale, head.of_queries(MatrixSpan<T>(*dquery)),
                                          head.keys_of(MatrixSpan<T>(dmemory)));
      const typename AgeBias<T>::Term age({decisions.first_step, decisions.candidates},
                                          {&cache.by_age(h, 0), cache.by_age.shape(1)}, &(*dby_age)(h, 0));
      const std::array<const engine::ScoreTerm<T>*, 2> terms{&product, &age};
      engine::attend_backward<T>(
          {.terms = terms, .value = head.values_of(memory)}, head.of_queries(MatrixSpan<const T>(cache.context)),
          head.of_queries(MatrixSpan<const T>(*dcontext)), {&cache.normalisers(h, head.first_query)},
          head.values_of(MatrixSpan<T>(dmemory)), workspace);
    }
  }
  age_.backward(*dby_age, gradients);

  // forward: query = content Wq, and content passes on to the sum
  auto dcontent = workspace.take(0, 0);
  query_.backward(parameters, cache.content, *dquery, *dcontent, gradients);
  engine::add_to<T>(*dcontent, *dsum);
  // forward: content = silu(candidates Wc)
  engine::Silu<T>::backward(cache.before, *dcontent, *dcontent);
  auto dcandidates = workspace.take(0, 0);
  candidate_.backward(parameters, candidates, *dcontent, *dcandidates, gradients);
}

template class AgentNetwork<float>;
template class AgentNetwork<double>;

}  // namespace infodiet::rl
