"""Reads weights that infodiet wrote, writes some for it to read, and compares its attention with PyTorch's.

Usage: interchange.py numpy DIRECTORY, or interchange.py torch DIRECTORY HEADS. Exits 77 where a module is missing, 1
where something differs.
"""
import json
import os
import struct
import sys


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    types = {"F32": np.float32, "F64": np.float64}
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        part = data[8 + length + begin : 8 + length + end]
        arrays[name] = np.frombuffer(part, types[entry["dtype"]]).reshape(entry["shape"])
    return arrays


def write_safetensors(path, arrays):
    types = {np.dtype(np.float32): "F32", np.dtype(np.float64): "F64"}
    header, body = {"__metadata__": {"by": "numpy"}}, b""
    for name, array in arrays.items():
        part = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": types[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + len(part)],
        }
        body += part
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def compare_with_numpy(directory):
    from_safetensors = read_safetensors(os.path.join(directory, "ours.safetensors"))
    names = sorted(name[: -len(".npy")] for name in os.listdir(os.path.join(directory, "ours")))
    assert names == sorted(from_safetensors), (names, sorted(from_safetensors))
    theirs = {}
    os.mkdir(os.path.join(directory, "theirs"))
    for name, array in from_safetensors.items():
        from_npy = np.load(os.path.join(directory, "ours", name + ".npy"))
        assert from_npy.dtype == array.dtype and np.array_equal(from_npy, array), name
        theirs[name] = array * 2 + 1
        # Every second one by columns, as numpy saves transposed arrays.
        columns = np.asfortranarray(theirs[name]) if len(theirs) % 2 else theirs[name]
        np.save(os.path.join(directory, "theirs", name + ".npy"), columns)
    write_safetensors(os.path.join(directory, "theirs.safetensors"), theirs)


def compare_with_torch(directory):
    weights = read_safetensors(os.path.join(directory, "ours.safetensors"))
    x = torch.tensor(np.load(os.path.join(directory, "x.npy")))
    y = np.load(os.path.join(directory, "y.npy"))
    width, heads = x.shape[1], int(sys.argv[3])
    attention = torch.nn.MultiheadAttention(width, heads, batch_first=True)
    with torch.no_grad():
        attention.in_proj_weight.copy_(torch.tensor(weights["a.qkv.weight"].T.copy()))
        attention.in_proj_bias.copy_(torch.tensor(weights["a.qkv.bias"].copy()))
        attention.out_proj.weight.copy_(torch.tensor(weights["a.out.weight"].T.copy()))
        attention.out_proj.bias.copy_(torch.tensor(weights["a.out.bias"].copy()))
        hidden = torch.triu(torch.ones(len(x), len(x), dtype=torch.bool), diagonal=1)
        theirs = attention(x[None], x[None], x[None], attn_mask=hidden, need_weights=False)[0][0].numpy()
    error = np.abs(theirs - y).max()
    print("largest difference", error)
    assert error < 1e-5 * np.abs(y).max(), error


try:
    import numpy as np

    if sys.argv[1] == "torch":
        import torch
except ImportError as missing:
    print(missing)
    sys.exit(77)
{"numpy": compare_with_numpy, "torch": compare_with_torch}[sys.argv[1]](sys.argv[2])
