// Records of delimited text: lines cut into fields, with CSV's quoting (RFC 4180, by libcsv) or without any.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/dialect.hpp"

namespace infodiet::recsys {

/// Reads records of any dialect but JSON's.
/// Quoted ones may span lines. If a quote is never closed, or followed by something other than a separator, only the
/// record's first line has a problem; reading continues with the next. A quote inside a field that does not start with
/// one is kept. Blanks around fields are kept unless the dialect says otherwise.
std::unique_ptr<RecordReader> delimited_records(LineReader& lines, const Dialect& dialect);

/// The records of some complete lines; those with problems are left out.
std::vector<std::vector<std::string>> records_of(const std::vector<std::string>& lines, const Dialect& dialect);

}  // namespace infodiet::recsys
