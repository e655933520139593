// Results in the form that trec_eval and similar evaluators read, so that anybody can check our numbers. Writes only.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "recsys/evaluation/keys.hpp"
#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// `key` with every byte that would end a column or a line as %XX: ASCII controls and space, the Unicode controls and
/// spaces (UTF-8), and % itself, so that decoding gives back the key. Everything else stays.
std::string percent_encoded(std::string_view key);

/// Writes `folder`/qrels.txt: a line "user 0 item 1" for every distinct target of every case. Makes the folder if it
/// does not exist. The file appears complete or not at all. Throws std::system_error naming the path that cannot be
/// made or written, DataError for a key that is empty.
void write_trec_qrels(const std::filesystem::path& folder, std::span<const EvaluationCase> cases, const KeyNames& keys);

/// Writes `folder`/<model>.run from the lists that rank_cases kept for these same cases: lines
/// "user Q0 item rank score model". Evaluators ignore the rank, sort by score, which some read as float, and break ties
/// by item key; so scores are lowered just enough to decrease strictly in our order, as floats and as printed. Then
/// success_k, recall_k, P_k, ndcg_cut_k and map_cut_k equal our metrics for every k up to the lists' length, and
/// recip_rank equals mrr at that length. Throws like write_trec_qrels, and ShapeError if `ranked` has other cases.
void write_trec_run(const std::filesystem::path& folder, std::span<const EvaluationCase> cases,
                    const RankedCases& ranked, const KeyNames& keys);

}  // namespace infodiet::recsys
