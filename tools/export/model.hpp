// The published model as files that numpy and Hugging Face's safetensors read. They do not depend on time, path or
// number of threads: equal models give equal bytes.
#pragma once

#include <filesystem>
#include <span>

#include "recsys/attention/blended_model.hpp"
#include "recsys/store/item_table.hpp"

namespace infodiet::tools {

/// One file with every parameter of the network by its name, and "items.weight" (V, D), the item vectors. Its metadata
/// has "items", a JSON array of item ids in the order of the rows, and "configuration", the network's shape as JSON. Of
/// several members the names of the second begin with "member2.", and so on.
/// Throws std::system_error naming a file that cannot be written, Error if the ids are too many for the format.
void export_safetensors(const std::filesystem::path& path, const recsys::BlendedModel& model,
                        const recsys::ItemTable& items);

/// The same tensors as `folder`/<name>.npy, the ids as items.json and the shape as configuration.json; makes the folder
/// if it is missing. Everything is written before any earlier file is replaced. Throws std::system_error naming the
/// path that cannot be made or written.
void export_npy(const std::filesystem::path& folder, const recsys::BlendedModel& model, const recsys::ItemTable& items);

}  // namespace infodiet::tools
