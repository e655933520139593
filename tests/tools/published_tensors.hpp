// The published attention model, number for number.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "recsys/store/model_store.hpp"

namespace infodiet::test {

/// Every tensor of floats by its name.
inline std::map<std::string, std::vector<float>> published_tensors(const std::string& path) {
  const recsys::Database db(path, recsys::OpenMode::read_only);
  const recsys::ModelReader reader(db, "attention");
  std::map<std::string, std::vector<float>> tensors;
  for (const recsys::TensorInfo& info : reader.tensors()) {
    if (info.type == recsys::ElementType::f32) tensors[info.name] = reader.read<float>(info.name);
  }
  return tensors;
}

}  // namespace infodiet::test
