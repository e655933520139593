"""Prints lines run by tests, folder by folder, from `llvm-cov export -summary-only` on standard input."""
import collections
import json
import os
import sys

root = sys.argv[1]
total, run = collections.Counter(), collections.Counter()
for entry in json.load(sys.stdin)["data"][0]["files"]:
    folder = os.path.dirname(os.path.relpath(entry["filename"], root))
    total[folder] += entry["summary"]["lines"]["count"]
    run[folder] += entry["summary"]["lines"]["covered"]
for folder in sorted(total):
    print(f"{folder:32} {run[folder]:6} of {total[folder]:6}  {100 * run[folder] / max(total[folder], 1):5.1f} %")
print(f"{'all':32} {sum(run.values()):6} of {sum(total.values()):6}  {100 * sum(run.values()) / sum(total.values()):5.1f} %")
