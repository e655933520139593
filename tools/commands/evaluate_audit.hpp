// `evaluate --audit`: what could inflate the figures, and how they differ between groups.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recsys/evaluation/audit.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

struct Audit {
  recsys::CaseAudit counts;
  std::vector<recsys::SkippedPeople> skipped;
  bool has_cut;
  std::string model;  ///< the model of the other figures
  recsys::Interval order;
  std::vector<recsys::CaseGroup> groups;
};

/// Audits a model by its ranks.
Audit audit_of(const recsys::Examination& examination, const recsys::Recommender& model,
               const recsys::RankedCases& ranked, std::uint64_t seed, engine::ThreadPool& pool);

Json to_json(const Audit& audit);
void print_audit(const Console& console, const Audit& audit);

}  // namespace infodiet::tools
