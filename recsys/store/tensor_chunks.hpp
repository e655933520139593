// The layout of a model's tensors in the table model_tensors: chunks of at most 1 MiB, each with its tensor's name,
// type, shape and total length, and a checksum of all that and its bytes. Internal to recsys/store/model_store.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// Stores tensors for a model whose row exists, inside the caller's transaction. Throws ShapeError, SqliteError.
void write_tensors(Database& db, std::int64_t model_id, std::span<const TensorToStore> tensors);

/// The tensors of a model. Checks that their chunks are complete and as long as their shapes say, before any memory is
/// allocated for them. Throws DamagedError.
std::vector<TensorInfo> list_tensors(const Database& db, const ModelRecord& model);

/// Calls `use` for each chunk of a listed tensor, in order, with its first byte's number, once its checksum is
/// verified. Together they are as long as the tensor; each holds whole elements. Throws DamagedError.
void visit_tensor(const Database& db, const ModelRecord& model, const TensorInfo& tensor,
                  const std::function<void(std::size_t first, std::span<const std::byte> chunk)>& use);

/// Verifies all checksums of a tensor without keeping its bytes. Throws DamagedError.
void verify_tensor(const Database& db, const ModelRecord& model, const TensorInfo& tensor);

/// The name of an element type in the table: "f32", ...
std::string_view name_of(ElementType type);

/// Throws DamagedError naming model and tensor.
[[noreturn]] void throw_damaged_tensor(const Database& db, const ModelRecord& model, std::string_view tensor,
                                       std::string_view problem);

}  // namespace infodiet::recsys
