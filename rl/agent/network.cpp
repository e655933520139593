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

using engine::Initialiser;
using engine::MatrixSpan;

constexpr auto agent_name = "agent";

template <class T>
void require_inputs(const DecisionInputs<T>& in) {
  const Decisions& decisions = in.decisions;
  engine::require_size(in.candidates.rows, decisions.rows(), agent_name, "the number of candidates",
                       "the same number for each session and step");
  engine::require_size(in.memory.rows, decisions.sessions * decisions.memory_steps, agent_name, "the number of tokens",
                       "the same number for each session");
  engine::require_size(std::min(decisions.memory_steps, decisions.first_step + decisions.steps),
                       decisions.first_step + decisions.steps, agent_name, "the number of steps remembered",
                       "one for each step up to the last decision's");
}

template <class T>
std::optional<engine::Linear<T>> linear_of(bool wanted, engine::ParameterLayout& layout, const std::string& name,
                                           std::size_t in, std::size_t out) {
  if (!wanted) return std::nullopt;
  return engine::Linear<T>(layout, name, {.in = in, .out = out, .initialiser = Initialiser::glorot(in, out)});
}

/// The queries of one session, the memory that they may attend to, and the columns of one head.
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
AgentNetwork<T>::AgentNetwork(engine::ParameterLayout& layout, const AgentNetworkOptions& o)
    : options_(o),
      event_(layout, "event",
             {.in = o.event_features, .out = o.width, .initialiser = Initialiser::glorot(o.event_features, o.width)}),
      key_value_(layout, "key_value",
                 {.in = o.width, .out = 2 * o.width, .initialiser = Initialiser::glorot(o.width, o.width)}),
      candidate_(layout, "candidate",
                 {.in = o.candidate_features,
                  .out = o.width,
                  .initialiser = Initialiser::glorot(o.candidate_features, o.width)}),
      state_(linear_of<T>(o.state_features > 0, layout, "state", o.state_features, o.width)),
      now_(linear_of<T>(o.state_features > 0, layout, "now", o.width, o.width)),
      query_(layout, "query", {.in = o.width, .out = o.width, .initialiser = Initialiser::glorot(o.width, o.width)}),
      age_(layout, "age", o.heads),
      out_(layout, "out", {.in = o.width, .out = o.width, .initialiser = Initialiser::glorot(o.width, o.width)}),
      norm_(layout, "norm", o.width),
      widen_(layout, "widen",
             {.in = o.width, .out = 2 * o.width, .initialiser = Initialiser::glorot(o.width, 2 * o.width)}),
      score_(layout, "score", {.in = 2 * o.width, .out = 1, .bias = engine::Bias::no}) {
  engine::require_heads(agent_name, o.width, o.heads);
}

template <class T>
void AgentNetwork<T>::remember(const engine::Parameters<T>& parameters, MatrixSpan<const T> events, EventCache& cache,
                               engine::Matrix<T>& memory) const {
  event_.forward(parameters, events, cache.before);
  engine::Silu<T>::forward(cache.before, cache.after);
  key_value_.forward(parameters, cache.after, memory);
}

template <class T>
void AgentNetwork<T>::remember_backward(const engine::Run<T>& run, MatrixSpan<const T> events, const EventCache& cache,
                                        const engine::Matrix<T>& dmemory) const {
  auto dhidden = run.workspace.take(0, 0);
  // forward: memory = silu(events We) Wm
  key_value_.backward(run.parameters, cache.after, dmemory, *dhidden, run.required_gradients());
  engine::Silu<T>::backward(cache.before, *dhidden, *dhidden);
  event_.backward_weights(events, *dhidden, run.required_gradients());
}

template <class T>
void AgentNetwork<T>::add_states(const engine::Run<T>& run, const DecisionInputs<T>& in, ScoreCache& cache) const {
  if (!state_) return;
  engine::require_size(in.states.rows * in.decisions.candidates, in.candidates.rows, agent_name,
                       "the number of states times the candidates of each", "one state for each decision");
  state_->forward(run.parameters, in.states, cache.state_before);
  engine::Silu<T>::forward(cache.state_before, cache.state_after);
  now_->forward(run.parameters, cache.state_after, cache.now);
  for (std::size_t row = 0; row < in.candidates.rows; ++row) {
    const T* now = &cache.now(row / in.decisions.candidates, 0);
    T* before = &cache.before(row, 0);
    for (std::size_t j = 0; j < options_.width; ++j) before[j] += now[j];
  }
}

template <class T>
void AgentNetwork<T>::states_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                                      const engine::Matrix<T>& dbefore) const {
  if (!state_) return;
  auto dnow = run.workspace.take(in.states.rows, options_.width);
  engine::clear<T>(*dnow);
  // forward: before = candidates Wc + now of the decision
  for (std::size_t row = 0; row < in.candidates.rows; ++row) {
    T* sum = &(*dnow)(row / in.decisions.candidates, 0);
    const T* slope = &dbefore(row, 0);
    for (std::size_t j = 0; j < options_.width; ++j) sum[j] += slope[j];
  }
  auto dhidden = run.workspace.take(0, 0);
  // forward: now = silu(states Ws) Wn
  now_->backward(run.parameters, cache.state_after, *dnow, *dhidden, run.required_gradients());
  engine::Silu<T>::backward(cache.state_before, *dhidden, *dhidden);
  state_->backward_weights(in.states, *dhidden, run.required_gradients());
}

template <class T>
void AgentNetwork<T>::score(const engine::Run<T>& run, const DecisionInputs<T>& in, ScoreCache& cache,
                            engine::Matrix<T>& scores) const {
  require_inputs(in);
  const Decisions& decisions = in.decisions;
  const std::size_t rows = in.candidates.rows;
  candidate_.forward(run.parameters, in.candidates, cache.before);
  add_states(run, in, cache);
  engine::Silu<T>::forward(cache.before, cache.content);
  query_.forward(run.parameters, cache.content, cache.query);

  age_.forward(run.parameters, decisions.first_step + decisions.steps, cache.by_age);
  cache.context.resize({rows, options_.width});
  cache.normalisers.resize({options_.heads, rows});
  const std::size_t head_width = options_.width / options_.heads;
  const T scale = T{1} / std::sqrt(static_cast<T>(head_width));
  for (std::size_t session = 0; session < decisions.sessions; ++session) {
    for (std::size_t h = 0; h < options_.heads; ++h) {
      const Head head(decisions, session, h, options_);
      const engine::DotProduct<T> product(head.of_queries(MatrixSpan<const T>(cache.query)), head.keys_of(in.memory),
                                          scale);
      const typename AgeBias<T>::Term age({decisions.first_step, decisions.candidates},
                                          {&cache.by_age(h, 0), cache.by_age.shape(1)}, nullptr);
      const std::array<const engine::ScoreTerm<T>*, 2> terms{&product, &age};
      engine::attend<T>({.terms = terms, .value = head.values_of(in.memory)},
                        head.of_queries(MatrixSpan<T>(cache.context)), {&cache.normalisers(h, head.first_query)},
                        run.workspace);
    }
  }

  out_.forward(run.parameters, cache.context, cache.sum);
  engine::add_to<T>(cache.sum, cache.content);
  norm_.forward(run.parameters, cache.sum, cache.norm, cache.normed);
  widen_.forward(run.parameters, cache.normed, cache.wide);
  engine::Silu<T>::forward(cache.wide, cache.bent);
  score_.forward(run.parameters, cache.bent, scores);
}

template <class T>
void AgentNetwork<T>::attend_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                                      const engine::Matrix<T>& dcontext, engine::Matrix<T>& dquery,
                                      engine::Matrix<T>& dmemory) const {
  const Decisions& decisions = in.decisions;
  auto dby_age = run.workspace.take(options_.heads, cache.by_age.shape(1));
  engine::clear<T>(dquery);
  engine::clear<T>(*dby_age);
  const std::size_t head_width = options_.width / options_.heads;
  const T scale = T{1} / std::sqrt(static_cast<T>(head_width));
  for (std::size_t session = 0; session < decisions.sessions; ++session) {
    for (std::size_t h = 0; h < options_.heads; ++h) {
      const Head head(decisions, session, h, options_);
      const engine::DotProduct<T> product(head.of_queries(MatrixSpan<const T>(cache.query)), head.keys_of(in.memory),
                                          scale, head.of_queries(MatrixSpan<T>(dquery)),
                                          head.keys_of(MatrixSpan<T>(dmemory)));
      const typename AgeBias<T>::Term age({decisions.first_step, decisions.candidates},
                                          {&cache.by_age(h, 0), cache.by_age.shape(1)}, &(*dby_age)(h, 0));
      const std::array<const engine::ScoreTerm<T>*, 2> terms{&product, &age};
      engine::attend_backward<T>(
          {.terms = terms, .value = head.values_of(in.memory)}, head.of_queries(MatrixSpan<const T>(cache.context)),
          head.of_queries(MatrixSpan<const T>(dcontext)), {&cache.normalisers(h, head.first_query)},
          head.values_of(MatrixSpan<T>(dmemory)), run.workspace);
    }
  }
  age_.backward(*dby_age, run.required_gradients());
}

template <class T>
void AgentNetwork<T>::score_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                                     const engine::Matrix<T>& dscores, engine::Matrix<T>& dmemory) const {
  require_inputs(in);
  engine::Parameters<T>& gradients = run.required_gradients();
  auto dwide = run.workspace.take(0, 0);
  auto dsum = run.workspace.take(0, 0);
  // forward: score = silu(norm(sum) W1) w2
  score_.backward(run.parameters, cache.bent, dscores, *dwide, gradients);
  engine::Silu<T>::backward(cache.wide, *dwide, *dwide);
  widen_.backward(run.parameters, cache.normed, *dwide, *dsum, gradients);
  norm_.backward(run.parameters, cache.sum, cache.norm, *dsum, *dsum, gradients);

  // forward: sum = content + context Wo
  auto dcontext = run.workspace.take(0, 0);
  out_.backward(run.parameters, cache.context, *dsum, *dcontext, gradients);
  auto dquery = run.workspace.take(in.candidates.rows, options_.width);
  attend_backward(run, in, cache, *dcontext, *dquery, dmemory);

  // forward: query = content Wq; content is also added to the sum
  auto dcontent = run.workspace.take(0, 0);
  query_.backward(run.parameters, cache.content, *dquery, *dcontent, gradients);
  engine::add_to<T>(*dcontent, *dsum);
  // forward: content = silu(before)
  engine::Silu<T>::backward(cache.before, *dcontent, *dcontent);
  states_backward(run, in, cache, *dcontent);
  candidate_.backward_weights(in.candidates, *dcontent, gradients);
}

template class AgentNetwork<float>;
template class AgentNetwork<double>;

}  // namespace infodiet::rl
