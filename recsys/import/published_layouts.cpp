#include "recsys/import/published_layouts.hpp"

#include <iterator>

namespace infodiet::recsys {
namespace {

constexpr std::string_view yoochoose_time = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z$";
constexpr std::string_view yoochoose_item = "^[0-9]{9,10}$";
constexpr std::string_view iso_time = "^\\d{4}-\\d\\d-\\d\\dT.*Z$";
constexpr std::string_view asin = "^(B[0-9A-Z]{9}|[0-9]{9}[0-9X])$";
constexpr std::string_view amazon_reviewer = "^A[0-9A-Z]{9,}$";

std::vector<Layout> films_and_reviews() {
  using enum ColumnRole;
  return {
      {.name = "MovieLens ratings",
       .format = ImportFormat::movielens,
       .header = {"userId", "movieId", "rating", "timestamp"},
       .columns = {{user, "userId"}, {item, "movieId"}, {rating, "rating"}, {time, "timestamp"}}},
      {.name = "MovieLens movies",
       .format = ImportFormat::movielens,
       .header = {"movieId", "title", "genres"},
       .columns = {{item, "movieId"}, {title, "title"}, {topics, "genres"}}},
      {.name = "Amazon reviews (2014, 2018)",
       .files = {"reviews_*.json"},
       .header = {"reviewerID", "asin", "overall"},
       .columns = {{user, "reviewerID"}, {item, "asin"}, {rating, "overall"}, {time, "unixReviewTime"}}},
      {.name = "Amazon reviews (2023)",
       .header = {"user_id", "parent_asin", "rating", "timestamp"},
       .columns = {{user, "user_id"}, {item, "parent_asin"}, {rating, "rating"}, {time, "timestamp"}}},
      {.name = "Amazon items (2014)",
       .files = {"meta_*.json", "meta_*.jsonl"},
       .header = {"asin", "categories"},
       .columns = {{item, "asin"}, {title, "title"}, {topics, "categories"}}},
      {.name = "Amazon items (2018)",
       .header = {"asin", "category"},
       .columns = {{item, "asin"}, {title, "title"}, {topics, "category"}}},
      {.name = "Amazon items (2023)",
       .header = {"parent_asin", "title", "categories", "main_category"},
       .columns = {{item, "parent_asin"}, {title, "title"}, {topics, "categories"}}},
      {.name = "Yelp reviews",
       .files = {"yelp_academic_dataset_review.json"},
       .header = {"review_id", "user_id", "business_id", "stars", "date"},
       .columns = {{user, "user_id"}, {item, "business_id"}, {rating, "stars"}, {time, "date"}}},
      {.name = "Yelp tips",
       .header = {"user_id", "business_id", "date", "compliment_count"},
       .columns = {{user, "user_id"}, {item, "business_id"}, {time, "date"}}},
      {.name = "Yelp businesses",
       .files = {"yelp_academic_dataset_business.json"},
       .header = {"business_id", "name", "categories"},
       .columns = {{item, "business_id"}, {title, "name"}, {topics, "categories"}}},
  };
}

std::vector<Layout> shops() {
  using enum ColumnRole;
  return {
      {.name = "Steam reviews",
       .files = {"steam_reviews.json", "steam_new.json"},
       .header = {"username", "product_id", "date"},
       .columns = {{user, "username"}, {item, "product_id"}, {time, "date"}}},
      {.name = "Steam games",
       .files = {"steam_games.json"},
       .header = {"id", "app_name"},
       .columns = {{item, "id"}, {title, "app_name"}, {topics, "genres"}}},
      {.name = "RetailRocket events",
       .header = {"timestamp", "visitorid", "event", "itemid"},
       .columns = {{user, "visitorid"}, {item, "itemid"}, {time, "timestamp"}, {event, "event"}}},
      {.name = "Diginetica views",
       .files = {"train-item-views.csv"},
       .header = {"sessionId", "userId", "itemId", "timeframe", "eventdate"},
       .columns = {{user, "userId"}, {session, "sessionId"}, {item, "itemId"}, {time, "eventdate"}},
       .time_offset = "timeframe"},
      {.name = "Diginetica products",
       .files = {"product-categories.csv"},
       .header = {"itemId", "categoryId"},
       .only_header = true,
       .columns = {{item, "itemId"}, {topics, "categoryId"}}},
      {.name = "REES46 events",
       .files = {"20[0-9][0-9]-[A-Z][a-z][a-z].csv"},
       .header = {"event_time", "event_type", "product_id", "user_id"},
       .columns = {{user, "user_id"},
                   {item, "product_id"},
                   {time, "event_time"},
                   {event, "event_type"},
                   {session, "user_session"}}},
  };
}

std::vector<Layout> videos_and_books() {
  using enum ColumnRole;
  return {
      {.name = "KuaiRand log",
       .files = {"log_standard_*.csv"},
       .header = {"user_id", "video_id", "time_ms", "is_click"},
       .columns = {{user, "user_id"}, {item, "video_id"}, {time, "time_ms"}},
       .event_flag = "is_click",
       .flag_events = {"click", "shown"},
       .taken_events = {"click"}},
      {.name = "KuaiRand videos",
       .files = {"video_features_basic_*.csv"},
       .header = {"video_id", "author_id", "tag"},
       .columns = {{item, "video_id"}, {topics, "tag"}}},
      {.name = "Book-Crossing ratings",
       .files = {"BX-Book-Ratings.csv"},
       .header = {"User-ID", "ISBN", "Book-Rating"},
       .columns = {{user, "User-ID"}, {item, "ISBN"}, {rating, "Book-Rating"}}},
      {.name = "Book-Crossing books",
       .files = {"BX-Books.csv", "BX_Books.csv"},
       .header = {"ISBN", "Book-Title"},
       .columns = {{item, "ISBN"}, {title, "Book-Title"}}},
      {.name = "Goodreads interactions",
       .files = {"goodreads_interactions*.json", "goodreads_interactions*.csv"},
       .header = {"user_id", "book_id", "is_read", "rating"},
       .columns = {{user, "user_id"}, {item, "book_id"}, {rating, "rating"}, {time, "date_added"}},
       .event_flag = "is_read",
       .flag_events = {"read", "shelved"}},
      {.name = "Goodreads reviews",
       .header = {"user_id", "book_id", "rating", "review_text"},
       .columns = {{user, "user_id"}, {item, "book_id"}, {rating, "rating"}, {time, "date_added"}}},
      {.name = "Goodreads genres", .header = {"book_id", "genres"}, .columns = {{item, "book_id"}, {topics, "genres"}}},
      {.name = "Goodreads books",
       .files = {"goodreads_books*.json"},
       .header = {"book_id", "title", "isbn", "work_id"},
       .columns = {{item, "book_id"}, {title, "title"}}},
  };
}

std::vector<Layout> anime_and_fashion() {
  using enum ColumnRole;
  return {
      {.name = "MyAnimeList ratings",
       .files = {"rating.csv"},
       .header = {"user_id", "anime_id", "rating"},
       .columns = {{user, "user_id"}, {item, "anime_id"}, {rating, "rating"}}},
      {.name = "MyAnimeList anime",
       .files = {"anime.csv"},
       .header = {"anime_id", "name", "genre"},
       .columns = {{item, "anime_id"}, {title, "name"}, {topics, "genre"}}},
      {.name = "H&M transactions",
       .files = {"transactions_train.csv"},
       .header = {"t_dat", "customer_id", "article_id"},
       .columns = {{user, "customer_id"}, {item, "article_id"}, {time, "t_dat"}}},
      {.name = "H&M articles",
       .header = {"article_id", "prod_name", "product_group_name"},
       .columns = {{item, "article_id"}, {title, "prod_name"}, {topics, "product_group_name"}}},
  };
}

std::vector<Layout> viewing_of_ones_own() {
  using enum ColumnRole;
  return {
      {.name = "Netflix viewing history",
       .files = {"NetflixViewingHistory.csv"},
       .header = {"Title", "Date"},
       .only_header = true,
       .columns = {{item, "Title"}, {time, "Date"}},
       .one_person = true},
      {.name = "Netflix viewing activity",
       .files = {"ViewingActivity.csv"},
       .header = {"Profile Name", "Start Time", "Duration", "Title"},
       .columns = {{user, "Profile Name"}, {item, "Title"}, {time, "Start Time"}, {event, "Supplemental Video Type"}},
       .event_if_null = "play",
       .taken_events = {"play"}},
      {.name = "Letterboxd diary",
       .files = {"diary.csv"},
       .header = {"Date", "Name", "Year", "Letterboxd URI", "Rating", "Rewatch", "Watched Date"},
       .columns = {{rating, "Rating"}, {time, "Watched Date"}},
       .item_key = "{Name} ({Year})",
       .item_title = "{Name} ({Year})",
       .one_person = true},
      {.name = "Letterboxd films",
       .header = {"Date", "Name", "Year", "Letterboxd URI"},
       .columns = {{rating, "Rating"}, {time, "Date"}},
       .item_key = "{Name} ({Year})",
       .item_title = "{Name} ({Year})",
       .one_person = true},
  };
}

std::vector<Layout> listening_and_reading_of_ones_own() {
  using enum ColumnRole;
  return {
      {.name = "Spotify history",
       .files = {"StreamingHistory*.json"},
       .header = {"endTime", "artistName", "trackName", "msPlayed"},
       .columns = {{time, "endTime"}},
       .item_key = "{artistName} - {trackName}",
       .item_title = "{artistName} - {trackName}",
       .one_person = true},
      {.name = "Spotify extended history",
       .files = {"Streaming_History_Audio_*.json"},
       .header = {"ts", "ms_played", "master_metadata_track_name", "spotify_track_uri"},
       .columns = {{item, "spotify_track_uri"}, {time, "ts"}},
       .item_key = "{spotify_episode_uri}",
       .item_title = "{master_metadata_album_artist_name} - {master_metadata_track_name}",
       .one_person = true},
      {.name = "YouTube history",
       .files = {"watch-history.json"},
       .header = {"header", "title", "titleUrl", "time"},
       .columns = {{item, "titleUrl"}, {title, "title"}, {time, "time"}},
       .title_prefix = "Watched ",
       .one_person = true},
      {.name = "Goodreads library",
       .files = {"goodreads_library_export.csv"},
       .header = {"Book Id", "Title", "Author", "My Rating", "Date Read", "Date Added", "Exclusive Shelf"},
       .columns = {{item, "Book Id"},
                   {title, "Title"},
                   {rating, "My Rating"},
                   {time, "Date Read"},
                   {event, "Exclusive Shelf"}},
       .time_fallback = "Date Added",
       .taken_events = {"read", "currently-reading"},
       .one_person = true},
  };
}

std::vector<Layout> films_and_ratings_without_header() {
  using enum ColumnRole;
  return {
      {.name = "MovieLens ratings",
       .format = ImportFormat::movielens,
       .separator = "\t",
       .shape = {"item", "item", "score", "time"},
       .columns = {{user, "1"}, {item, "2"}, {rating, "3"}, {time, "4"}}},
      {.name = "MovieLens ratings",
       .format = ImportFormat::movielens,
       .separator = "::",
       .shape = {"item", "item", "score", "time"},
       .columns = {{user, "1"}, {item, "2"}, {rating, "3"}, {time, "4"}}},
      // Small ids may be ratings in a file of another name.
      {.name = "MovieLens ratings",
       .format = ImportFormat::movielens,
       .files = {"ratings.dat"},
       .only_files = true,
       .separator = "::",
       .shape = {"id", "id", "score", "time"},
       .columns = {{user, "1"}, {item, "2"}, {rating, "3"}, {time, "4"}}},
      {.name = "MovieLens movies",
       .format = ImportFormat::movielens,
       .separator = "::",
       .shape = {"id", "words", "words"},
       .columns = {{item, "1"}, {title, "2"}, {topics, "3"}}},
      {.name = "MovieLens 100K movies",
       .format = ImportFormat::movielens,
       .separator = "|",
       .shape = {"id",  "any", "any", "any", "any", "any", "any", "any", "any", "any", "any", "any",
                 "any", "any", "any", "any", "any", "any", "any", "any", "any", "any", "any", "any"},
       .columns = {{item, "1"}, {title, "2"}},
       // The flag before the first of these says that the genres are unknown.
       .flag_topics = {"Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama",
                       "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War",
                       "Western"},
       .first_flag = 6},
      {.name = "Amazon ratings (2018)",
       .separator = ",",
       .shape = {asin, amazon_reviewer, "score", "time"},
       .columns = {{item, "1"}, {user, "2"}, {rating, "3"}, {time, "4"}}},
      {.name = "Amazon ratings (2014)",
       .separator = ",",
       .shape = {amazon_reviewer, asin, "score", "time"},
       .columns = {{user, "1"}, {item, "2"}, {rating, "3"}, {time, "4"}}},
  };
}

std::vector<Layout> clicks_without_header() {
  using enum ColumnRole;
  return {
      {.name = "Steam purchases and plays",
       .files = {"steam-200k.csv"},
       .separator = ",",
       .shape = {"id", "words", "^(purchase|play)$", "number", "^0$"},
       .columns = {{user, "1"}, {item, "2"}, {event, "3"}}},
      {.name = "Yoochoose clicks",
       .files = {"yoochoose-clicks.dat"},
       .separator = ",",
       .shape = {"id", yoochoose_time, yoochoose_item, "^(S|[0-9]+)$"},
       .columns = {{user, "1"}, {time, "2"}, {item, "3"}}},
      {.name = "Yoochoose buys",
       .separator = ",",
       .shape = {"id", yoochoose_time, yoochoose_item, "number", "number"},
       .columns = {{user, "1"}, {time, "2"}, {item, "3"}}},
      {.name = "Taobao UserBehavior",
       .files = {"UserBehavior.csv"},
       .separator = ",",
       .shape = {"id", "item", "id", "^(pv|buy|cart|fav)$", "time"},
       .columns = {{user, "1"}, {item, "2"}, {event, "4"}, {time, "5"}}},
      {.name = "MIND behaviours",
       .files = {"behaviors.tsv"},
       .separator = "\t",
       .shape = {"id", "^U[0-9]+$", "time", "any", "^N[0-9]+(-[01])?( N[0-9]+(-[01])?)*$"},
       .columns = {{user, "2"}, {time, "3"}, {item, "5"}},
       .month_first = true,
       .taken_events = {"click"},
       .impressions = true},
      {.name = "MIND news",
       .files = {"news.tsv"},
       .separator = "\t",
       .shape = {"^N[0-9]+$", "words", "words", "words", "any", "any", "any", "any"},
       .columns = {{item, "1"}, {topics, "2"}, {title, "4"}}},
  };
}

std::vector<Layout> places_and_plays_without_header() {
  using enum ColumnRole;
  return {
      {.name = "Gowalla and Brightkite check-ins",
       .files = {"*_totalCheckins.txt"},
       .separator = "\t",
       .shape = {"id", iso_time, "place", "place", "item"},
       .columns = {{user, "1"}, {time, "2"}, {item, "5"}}},
      {.name = "Last.fm 1K plays",
       .files = {"userid-timestamp-artid-artname-traid-traname.tsv"},
       .separator = "\t",
       .shape = {"^user_[0-9]+$", iso_time, "any", "any", "any", "any"},
       .columns = {{user, "1"}, {time, "2"}, {item, "5"}},
       .item_key = "{4} - {6}",
       .item_title = "{4} - {6}"},
      {.name = "Last.fm 2K artists",
       .files = {"user_artists.dat"},
       .only_files = true,
       .separator = "\t",
       .shape = {"id", "id", "number"},
       .columns = {{user, "1"}, {item, "2"}}},
      {.name = "Foursquare check-ins",
       .files = {"dataset_TSMC2014_*.txt"},
       .separator = "\t",
       .shape = {"id", "^[0-9a-f]{24}$", "any", "any", "place", "place", "number", "time"},
       .columns = {{user, "1"}, {item, "2"}, {time, "8"}}},
      {.name = "Last.fm 360K artists",
       .files = {"usersha1-artmbid-artname-plays.tsv"},
       .separator = "\t",
       .shape = {"^[0-9a-f]{40}$", "any", "any", "number"},
       .columns = {{user, "1"}, {item, "2"}, {title, "3"}},
       .item_key = "{3}"},
  };
}

std::vector<Layout> joined(std::initializer_list<std::vector<Layout> (*)()> parts) {
  std::vector<Layout> all;
  for (const auto part : parts) {
    std::vector<Layout> rows = part();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

const std::vector<Layout>& headed_layouts() {
  static const std::vector<Layout> rows = joined({films_and_reviews, shops, videos_and_books, anime_and_fashion,
                                                  viewing_of_ones_own, listening_and_reading_of_ones_own});
  return rows;
}

const std::vector<Layout>& headless_layouts() {
  static const std::vector<Layout> rows =
      joined({films_and_ratings_without_header, clicks_without_header, places_and_plays_without_header});
  return rows;
}

}  // namespace infodiet::recsys
