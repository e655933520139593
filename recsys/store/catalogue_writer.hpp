// Bulk writing of users, items and interactions, for imports and the sample world. Parses nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "recsys/store/catalogue.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/interaction_writer.hpp"
#include "recsys/store/item_attribute.hpp"
#include "recsys/store/key_cache.hpp"

namespace infodiet::recsys {

/// A transaction for many rows. Foreign keys are not checked row by row: ids must come from this writer.
class CatalogueWriter {
 public:
  /// Begins a transaction (a savepoint inside another).
  explicit CatalogueWriter(Database& db);
  /// Undoes all that was not committed.
  ~CatalogueWriter();
  CatalogueWriter(const CatalogueWriter&) = delete;
  CatalogueWriter& operator=(const CatalogueWriter&) = delete;

  /// The id of the user or item with this key, inserted if new. Throws DataError if the key cannot be
  /// stored, SqliteError.
  std::int64_t user(std::string_view key);
  std::int64_t item(std::string_view key);

  /// Inserts or updates an item by its key; null attributes and empty topics keep the stored values. Ignores `item.id`,
  /// and uses `hidden` instead of `item.hidden`; a removed item stays hidden. Returns the id. Throws as item().
  std::int64_t put_item(const Item& item, std::optional<bool> hidden = {});

  /// Replaces what is stored of an item under the names of `attributes`.
  void put_attributes(std::int64_t item, std::span<const ItemAttribute> attributes);

  /// The row of `imports` that interactions added from now on belong to; none before the first call.
  void set_import(std::int64_t import_id);
  /// See InteractionWriter::event().
  EventNumber event(std::string_view name);
  /// Appends an interaction; among equal or unknown times the order of calls is the order of the history. Duplicates
  /// are left out: see InteractionWriter.
  void add(const Interaction& interaction);
  /// Writes the interactions gathered so far; returns how many were added and how many were duplicates since the last
  /// flush.
  InteractionWriter::Written flush();

  /// Flushes and commits; nothing may be written afterwards. Returns the counts of that flush.
  InteractionWriter::Written commit();

 private:
  // Foreign keys go off before the transaction begins and on after it has ended.
  class WithoutForeignKeys {
   public:
    explicit WithoutForeignKeys(Database& db);
    ~WithoutForeignKeys();
    WithoutForeignKeys(const WithoutForeignKeys&) = delete;
    WithoutForeignKeys& operator=(const WithoutForeignKeys&) = delete;

   private:
    Database* db_;
  };

  WithoutForeignKeys without_foreign_keys_;
  Database* db_;
  Transaction transaction_;
  bool titled_ = false;  // whether any item was given a title
  KeyCache users_;
  KeyCache items_;
  Statement update_item_;
  Statement delete_topics_;
  Statement insert_topic_;
  Statement delete_attribute_;
  Statement insert_attribute_;
  InteractionWriter interactions_;
};

}  // namespace infodiet::recsys
