// What items have in common, as models read it: imported attributes, and topics.
#pragma once

#include <cstddef>

#include "recsys/data/sparse_rows.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Loads (V, A): the attributes and topics of each item that at least two items have, columns ascending. The weight of
/// a value is log(V / items that have it), and rows have length 1, so that the product of two rows is the cosine of two
/// items. Values on more than 20,000 items, or on all, are left out: they say too little to be worth their pairs.
SparseRows load_item_attributes(const Database& db);

}  // namespace infodiet::recsys
