"""A training step of SASRec in PyTorch as its usual implementation makes it: padded, operator by operator, called from
Python. Prints the median time of a step in milliseconds. What torch_peer_bench.cpp does without Python."""

import argparse
import math
import pathlib
import statistics
import time

import numpy
import torch

BLOCKS = 2
DROPOUT = 0.2
ITEMS = {"ml_1m": 3416, "beauty": 12101}


class FeedForward(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = torch.nn.Conv1d(width, width, 1)
        self.first_dropout = torch.nn.Dropout(DROPOUT)
        self.second = torch.nn.Conv1d(width, width, 1)
        self.second_dropout = torch.nn.Dropout(DROPOUT)

    def forward(self, x):
        hidden = torch.relu(self.first_dropout(self.first(x.transpose(-1, -2))))
        return self.second_dropout(self.second(hidden)).transpose(-1, -2) + x


class Model(torch.nn.Module):
    def __init__(self, items, length, width):
        super().__init__()
        self.items = torch.nn.Embedding(items + 1, width, padding_idx=0)
        self.positions = torch.nn.Embedding(length + 1, width, padding_idx=0)
        self.dropout = torch.nn.Dropout(DROPOUT)

        def norms(count):
            return torch.nn.ModuleList(torch.nn.LayerNorm(width, eps=1e-8) for _ in range(count))

        self.attention_norms, self.forward_norms = norms(BLOCKS), norms(BLOCKS)
        self.attentions = torch.nn.ModuleList(torch.nn.MultiheadAttention(width, 1, DROPOUT) for _ in range(BLOCKS))
        self.forwards = torch.nn.ModuleList(FeedForward(width) for _ in range(BLOCKS))
        [self.last_norm] = norms(1)

    def forward(self, inputs, positives, negatives):
        tokens = torch.as_tensor(inputs)
        length = tokens.shape[1]
        x = self.items(tokens) * math.sqrt(self.items.embedding_dim)
        positions = torch.arange(1, length + 1).unsqueeze(0).expand_as(tokens)
        x = self.dropout(x + self.positions(positions * (tokens != 0)))
        mask = ~torch.tril(torch.ones((length, length), dtype=torch.bool))
        for attention_norm, attention, forward_norm, feed_forward in zip(
                self.attention_norms, self.attentions, self.forward_norms, self.forwards):
            x = x.transpose(0, 1)
            query = attention_norm(x)
            attended, _ = attention(query, x, x, attn_mask=mask)
            x = feed_forward(forward_norm((query + attended).transpose(0, 1)))
        hidden = self.last_norm(x)
        return [(hidden * self.items(torch.as_tensor(chosen))).sum(-1) for chosen in (positives, negatives)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("batches", type=pathlib.Path, help="the folder that write_batches wrote")
    parser.add_argument("data", choices=ITEMS)
    parser.add_argument("--width", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(1)
    batches = list(zip(*(numpy.load(arguments.batches / f"{arguments.data}_{name}.npy").astype(numpy.int64)
                         for name in ("inputs", "positives", "negatives"))))
    model = Model(ITEMS[arguments.data], batches[0][0].shape[1], arguments.width)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98))
    criterion = torch.nn.BCEWithLogitsLoss()

    def step(inputs, positives, negatives):
        positive, negative = model(inputs, positives, negatives)
        optimiser.zero_grad()
        real = numpy.where(positives != 0)
        loss = criterion(positive[real], torch.ones_like(positive[real]))
        loss += criterion(negative[real], torch.zeros_like(negative[real]))
        loss.backward()
        optimiser.step()
        return loss.item()

    step(*batches[0])
    times = []
    while sum(times) < arguments.seconds or len(times) < len(batches):
        start = time.perf_counter()
        step(*batches[len(times) % len(batches)])
        times.append(time.perf_counter() - start)
    print(f"{1000 * statistics.median(times):.3f}")


if __name__ == "__main__":
    main()
