#include "recsys/import/pairs_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "recsys/errors.hpp"
#include "recsys/import/file_plan.hpp"
#include "recsys/import/recognise.hpp"

namespace infodiet::recsys {
namespace {

std::unique_ptr<RowReader> reader_of(const FileSample& sample) {
  for (const auto recogniser : {recognise_json, recognise_recbole, recognise_headed_table}) {
    auto reader = recogniser(sample, {});
    if (!reader) continue;
    if (reader->understanding().contents == Contents::interactions) return reader;
    throw DataError(fmt::format("{}:1: the header names an item but no user; expected both", sample.name));
  }
  auto reader = recognise_table(sample, {.columns = {{ColumnRole::user, "1"}, {ColumnRole::item, "2"}}});
  const std::size_t columns = reader ? reader->understanding().names.size() : 0;
  if (columns == 2) return reader;
  throw DataError(fmt::format("{}:1: expected 2 columns (user,item; a header that names both is needed for more){}",
                              sample.name, columns > 2 ? fmt::format(", found {}", columns) : ""));
}

}  // namespace

PairsFile::PairsFile(const std::string& path) : inputs_(find_inputs(std::array{path}, never)) {
  if (inputs_.size() != 1) throw DataError(fmt::format("{}: holds {} files; name one of them", path, inputs_.size()));
  reader_ = reader_of(look_into(*inputs_.front()));
}

bool PairsFile::has_events() const {
  const std::vector<std::string>& uses = reader_->understanding().uses;
  return std::find(uses.begin(), uses.end(), name_of(ColumnRole::event)) != uses.end();
}

void PairsFile::read(RowSink& sink) const {
  reader_->read(*open_text(*inputs_.front()), never, sink);
}

}  // namespace infodiet::recsys
