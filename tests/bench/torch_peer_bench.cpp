// The same training steps in libtorch. `sasrec_pytorch` does what the usual PyTorch implementation of SASRec does,
// operator by operator, on sequences padded to the same length; `lean` is what libtorch allows who knows that most of
// that is padding: one product for queries, keys and values, per-token work on the tokens that exist, attention padded
// to the longest of the batch and without the weights returned. For comparison only. torch_peer.py is the first of them
// in Python.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <vector>

#include "tests/bench/padded_batches.hpp"

namespace infodiet::bench {
namespace {

constexpr auto batch_size = static_cast<std::int64_t>(peer_batch);
constexpr std::int64_t block_count = 2;
constexpr double dropout_rate = 0.2;

struct Batch {
  torch::Tensor inputs;     // (B, L)
  torch::Tensor positives;  // (B, L)
  torch::Tensor negatives;  // (B, L)
  std::vector<std::int64_t> lengths;
};

std::vector<Batch> tensors(const std::vector<PaddedBatch>& batches) {
  const auto matrix = [](const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kLong).view({batch_size, -1});
  };
  std::vector<Batch> all;
  for (const PaddedBatch& batch : batches) {
    all.push_back({matrix(batch.inputs), matrix(batch.positives), matrix(batch.negatives), batch.lengths});
  }
  return all;
}

torch::nn::LayerNorm layer_norm(std::int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}).eps(1e-8));
}

torch::nn::Embedding embedding(std::int64_t rows, std::int64_t width) {
  torch::nn::Embedding table(torch::nn::EmbeddingOptions(rows, width).padding_idx(0));
  torch::NoGradGuard no_gradient;
  table->weight.normal_(0, 0.02);
  return table;
}

struct UsualBlock : torch::nn::Module {
  explicit UsualBlock(std::int64_t width)
      : attention_norm(register_module("attention_norm", layer_norm(width))),
        attention(register_module(
            "attention",
            torch::nn::MultiheadAttention(torch::nn::MultiheadAttentionOptions(width, 1).dropout(dropout_rate)))),
        forward_norm(register_module("forward_norm", layer_norm(width))),
        first(register_module("first", torch::nn::Conv1d(torch::nn::Conv1dOptions(width, width, 1)))),
        first_dropout(register_module("first_dropout", torch::nn::Dropout(dropout_rate))),
        second(register_module("second", torch::nn::Conv1d(torch::nn::Conv1dOptions(width, width, 1)))),
        second_dropout(register_module("second_dropout", torch::nn::Dropout(dropout_rate))) {}

  torch::Tensor forward(torch::Tensor x, const torch::Tensor& mask) {
    x = x.transpose(0, 1);
    const torch::Tensor query = attention_norm(x);
    const auto attended = attention->forward(query, x, x, /*key_padding_mask=*/{}, /*need_weights=*/true, mask);
    x = (query + std::get<0>(attended)).transpose(0, 1);
    x = forward_norm(x);
    const torch::Tensor hidden = torch::relu(first_dropout(first(x.transpose(-1, -2))));
    return second_dropout(second(hidden)).transpose(-1, -2) + x;
  }

  torch::nn::LayerNorm attention_norm;
  torch::nn::MultiheadAttention attention;
  torch::nn::LayerNorm forward_norm;
  torch::nn::Conv1d first;
  torch::nn::Dropout first_dropout;
  torch::nn::Conv1d second;
  torch::nn::Dropout second_dropout;
};

struct UsualModel : torch::nn::Module {
  UsualModel(std::int64_t items, std::int64_t length, std::int64_t width)
      : width_(width),
        item_table(register_module("items", embedding(items + 1, width))),
        position_table(register_module("positions", embedding(length + 1, width))),
        dropout(register_module("dropout", torch::nn::Dropout(dropout_rate))),
        last_norm(register_module("last_norm", layer_norm(width))) {
    for (std::int64_t i = 0; i < block_count; ++i) {
      blocks.push_back(register_module("block" + std::to_string(i), std::make_shared<UsualBlock>(width)));
    }
  }

  torch::Tensor loss(const Batch& batch) {
    const std::int64_t length = batch.inputs.size(1);
    torch::Tensor x = item_table(batch.inputs) * std::sqrt(static_cast<double>(width_));
    const torch::Tensor positions = torch::arange(1, length + 1).unsqueeze(0).expand_as(batch.inputs);
    x = dropout(x + position_table(positions * (batch.inputs != 0)));
    const torch::Tensor mask = torch::ones({length, length}, torch::kBool).tril().logical_not();
    for (const auto& block : blocks) x = block->forward(x, mask);
    const torch::Tensor hidden = last_norm(x);
    const torch::Tensor positive = (hidden * item_table(batch.positives)).sum(-1);
    const torch::Tensor negative = (hidden * item_table(batch.negatives)).sum(-1);
    const torch::Tensor real = batch.positives != 0;
    const torch::Tensor positive_logits = positive.index({real});
    const torch::Tensor negative_logits = negative.index({real});
    namespace f = torch::nn::functional;
    return f::binary_cross_entropy_with_logits(positive_logits, torch::ones_like(positive_logits)) +
           f::binary_cross_entropy_with_logits(negative_logits, torch::zeros_like(negative_logits));
  }

  std::int64_t width_;
  torch::nn::Embedding item_table;
  torch::nn::Embedding position_table;
  torch::nn::Dropout dropout;
  torch::nn::LayerNorm last_norm;
  std::vector<std::shared_ptr<UsualBlock>> blocks;
};

/// Positions of the existing tokens in a batch padded to its own longest sequence.
struct Packing {
  torch::Tensor tokens;     // (T) index into (B, L) flattened
  torch::Tensor positions;  // (T)
  std::int64_t longest;
};

Packing pack(const Batch& batch) {
  const std::int64_t longest = *std::max_element(batch.lengths.begin(), batch.lengths.end());
  std::vector<std::int64_t> tokens, positions;
  for (std::size_t b = 0; b < batch.lengths.size(); ++b) {
    for (std::int64_t i = 0; i < batch.lengths[b]; ++i) {
      tokens.push_back(static_cast<std::int64_t>(b) * longest + i);
      positions.push_back(i);
    }
  }
  return {torch::tensor(tokens, torch::kLong), torch::tensor(positions, torch::kLong), longest};
}

struct LeanBlock : torch::nn::Module {
  explicit LeanBlock(std::int64_t width)
      : attention_norm(register_module("attention_norm", layer_norm(width))),
        qkv(register_module("qkv", torch::nn::Linear(width, 3 * width))),
        out(register_module("out", torch::nn::Linear(width, width))),
        forward_norm(register_module("forward_norm", layer_norm(width))),
        first(register_module("first", torch::nn::Linear(width, width))),
        second(register_module("second", torch::nn::Linear(width, width))),
        dropout(register_module("dropout", torch::nn::Dropout(dropout_rate))) {}

  torch::Tensor forward(torch::Tensor x, const Packing& packing, const torch::Tensor& mask) {
    const std::int64_t width = x.size(1);
    const torch::Tensor padded = torch::zeros({batch_size * packing.longest, 3 * width})
                                     .index_copy(0, packing.tokens, qkv(attention_norm(x)))
                                     .view({batch_size, packing.longest, 3 * width});
    const auto parts = padded.chunk(3, -1);
    torch::Tensor weights = torch::baddbmm(mask, parts[0], parts[1].transpose(1, 2), 1, 1 / std::sqrt(double(width)));
    weights = dropout(weights.softmax(-1));
    const torch::Tensor context = torch::bmm(weights, parts[2]).view({batch_size * packing.longest, width});
    x = x + dropout(out(context.index_select(0, packing.tokens)));
    return x + dropout(second(dropout(torch::relu(first(forward_norm(x))))));
  }

  torch::nn::LayerNorm attention_norm;
  torch::nn::Linear qkv;
  torch::nn::Linear out;
  torch::nn::LayerNorm forward_norm;
  torch::nn::Linear first;
  torch::nn::Linear second;
  torch::nn::Dropout dropout;
};

struct LeanModel : torch::nn::Module {
  LeanModel(std::int64_t items, std::int64_t length, std::int64_t width)
      : width_(width),
        item_table(register_module("items", embedding(items + 1, width))),
        position_table(register_module("positions", embedding(length, width))),
        dropout(register_module("dropout", torch::nn::Dropout(dropout_rate))),
        last_norm(register_module("last_norm", layer_norm(width))) {
    for (std::int64_t i = 0; i < block_count; ++i) {
      blocks.push_back(register_module("block" + std::to_string(i), std::make_shared<LeanBlock>(width)));
    }
  }

  torch::Tensor loss(const Batch& batch) {
    const Packing packing = pack(batch);
    const torch::Tensor real = batch.positives != 0;
    torch::Tensor x = item_table(batch.inputs.index({real})) * std::sqrt(static_cast<double>(width_));
    x = dropout(x + position_table(packing.positions));
    const torch::Tensor mask =
        torch::full({packing.longest, packing.longest}, -std::numeric_limits<float>::infinity()).triu(1);
    for (const auto& block : blocks) x = block->forward(x, packing, mask);
    const torch::Tensor hidden = last_norm(x);
    const torch::Tensor positive = (hidden * item_table(batch.positives.index({real}))).sum(-1);
    const torch::Tensor negative = (hidden * item_table(batch.negatives.index({real}))).sum(-1);
    return (torch::softplus(-positive) + torch::softplus(negative)).mean();
  }

  std::int64_t width_;
  torch::nn::Embedding item_table;
  torch::nn::Embedding position_table;
  torch::nn::Dropout dropout;
  torch::nn::LayerNorm last_norm;
  std::vector<std::shared_ptr<LeanBlock>> blocks;
};

template <class Model>
void run(benchmark::State& state, const PeerShape& shape) {
  torch::set_num_threads(static_cast<int>(state.range(1)));
  torch::manual_seed(1);
  // Batches are made outside the timed part, since the usual implementation makes them in other processes.
  const std::vector<Batch> made = tensors(padded_batches(shape, 8));
  Model model(static_cast<std::int64_t>(shape.data.items), static_cast<std::int64_t>(shape.length), state.range(0));
  torch::optim::Adam optimiser(model.parameters(), torch::optim::AdamOptions(1e-3).betas({0.9, 0.98}));
  const auto step = [&](const Batch& batch) {
    optimiser.zero_grad();
    torch::Tensor loss = model.loss(batch);
    loss.backward();
    optimiser.step();
    return loss.template item<float>();
  };
  step(made[0]);
  std::size_t number = 0;
  for (auto _ : state) benchmark::DoNotOptimize(step(made[number++ % made.size()]));
}

void sasrec_pytorch_step_ml_1m(benchmark::State& state) {
  run<UsualModel>(state, peer_ml_1m);
}
void sasrec_pytorch_step_beauty(benchmark::State& state) {
  run<UsualModel>(state, peer_beauty);
}
void lean_step_ml_1m(benchmark::State& state) {
  run<LeanModel>(state, peer_ml_1m);
}
void lean_step_beauty(benchmark::State& state) {
  run<LeanModel>(state, peer_beauty);
}

#define INFODIET_PEER(name)            \
  BENCHMARK(name)                      \
      ->ArgsProduct({{50, 128}, {2}})  \
      ->ArgNames({"width", "threads"}) \
      ->UseRealTime()                  \
      ->Unit(benchmark::kMillisecond)
INFODIET_PEER(sasrec_pytorch_step_ml_1m);
INFODIET_PEER(lean_step_ml_1m);
INFODIET_PEER(sasrec_pytorch_step_beauty);
INFODIET_PEER(lean_step_beauty);
#undef INFODIET_PEER

}  // namespace
}  // namespace infodiet::bench
