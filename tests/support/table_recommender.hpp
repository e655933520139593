// A recommender whose every score a test writes down: row n of the table answers histories of length n.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "recsys/ranking/recommender.hpp"

namespace infodiet::test {

class TableRecommender final : public recsys::Recommender {
 public:
  explicit TableRecommender(std::vector<std::vector<float>> table, std::string name = "table")
      : table_(std::move(table)), name_(std::move(name)) {}

  std::string name() const override { return name_; }
  std::size_t catalogue_size() const override { return table_.front().size(); }
  void score(std::span<const recsys::History> histories, engine::MatrixSpan<float> scores) const override {
    for (std::size_t b = 0; b < histories.size(); ++b) {
      const std::vector<float>& row = table_.at(histories[b].size());
      if (row.size() != scores.cols) throw std::logic_error("the table has rows of several lengths");
      std::copy(row.begin(), row.end(), scores.row(b));
    }
  }

 private:
  std::vector<std::vector<float>> table_;
  std::string name_;
};

}  // namespace infodiet::test
