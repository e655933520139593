// A few made-up rows in each published layout of logs, read without options.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "recsys/import/layouts.hpp"
#include "tests/recsys/import/import_fixture.hpp"
#include "tests/support/read_file.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Published {
  std::string_view layout;
  std::string_view file;
  std::string_view content;
  std::vector<std::string> rows;  // "user item time rating event" in the order of histories, - for what is not there
  std::vector<std::string> items = {};  // "item: title [topic]"
  bool one_person = false;
};

const std::vector<Published>& published() {
  static const std::vector<Published> all{
      {.layout = "MovieLens ratings",
       .file = "u.data",
       .content = "196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t377\t1\t878887116\n",
       .rows = {"186 302 891717742 3 -", "196 377 878887116 1 -", "196 242 881250949 3 -"}},
      {.layout = "MovieLens ratings",
       .file = "ratings.dat",
       .content = "1::1193::5::978300760\n1::661::3::978302109\n",
       .rows = {"1 1193 978300760 5 -", "1 661 978302109 3 -"}},
      {.layout = "MovieLens movies",
       .file = "movies.dat",
       .content = "1193::One Flew (1975)::Drama\n661::James (1996)::Animation|Musical\n",
       .rows = {},
       .items = {"1193: One Flew (1975) [Drama]", "661: James (1996) [Animation] [Musical]"}},
      {.layout = "MovieLens 100K movies",
       .file = "u.item",
       .content = "1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
                  "2|GoldenEye (1995)|01-Jan-1995||http://y|0|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0|1|0|0\n",
       .rows = {},
       .items = {"1: Toy Story (1995) [Animation] [Children's] [Comedy]",
                 "2: GoldenEye (1995) [Action] [Adventure] [Thriller]"}},
      {.layout = "MovieLens ratings",
       .file = "ratings.csv",
       .content = "userId,movieId,rating,timestamp\n1,11,4.0,964982703\n1,3,0.5,964981247\n",
       .rows = {"1 3 964981247 0.5 -", "1 11 964982703 4 -"}},
      {.layout = "MovieLens movies",
       .file = "movies.csv",
       .content = "movieId,title,genres\n3,Grumpier Old Men (1995),Comedy|Romance\n",
       .rows = {},
       .items = {"3: Grumpier Old Men (1995) [Comedy] [Romance]"}},
      {.layout = "Amazon ratings (2014)",
       .file = "ratings_Books.csv",
       .content = "AH2L9G3DQHHAJ,0000000116,4.0,1019865600\nA2IIIDRK3PRRZY,0000000116,1.0,1395619200\n",
       .rows = {"AH2L9G3DQHHAJ 0000000116 1019865600 4 -", "A2IIIDRK3PRRZY 0000000116 1395619200 1 -"}},
      {.layout = "Amazon ratings (2018)",
       .file = "Books.csv",
       .content = "0001713353,A1C6M8LCIX4M6M,5.0,1123804800\nB00ZCBNAAA,A1REUF3A1YCPHM,5.0,1112140800\n",
       .rows = {"A1C6M8LCIX4M6M 0001713353 1123804800 5 -", "A1REUF3A1YCPHM B00ZCBNAAA 1112140800 5 -"}},
      {.layout = "Amazon reviews (2014, 2018)",
       .file = "reviews_Beauty_5.json",
       .content =
           R"({"reviewerID": "A1YJ", "asin": "7806397051", "reviewerName": "A", "helpful": [3, 4], "reviewText": "x", "overall": 1.0, "summary": "s", "unixReviewTime": 1391040000, "reviewTime": "01 30, 2014"})"
           "\n"
           R"({"overall": 3.0, "verified": true, "reviewTime": "04 18, 2014", "reviewerID": "A60X", "asin": "7806397051", "style": {"Color:": " red"}, "unixReviewTime": 1397779200})"
           "\n",
       .rows = {"A1YJ 7806397051 1391040000 1 -", "A60X 7806397051 1397779200 3 -"}},
      {.layout = "Amazon items (2014)",
       .file = "meta_Books.json",
       .content =
           "{'asin': '0001048791', 'salesRank': {'Books': 6334800}, 'imUrl': 'http://x', 'categories': [['Books', "
           "'Drama']], 'title': u'The Crucible: Performed by Stuart Pankin, Jerome Dempsey &amp; Cast'}\n"
           "{'asin': '0000143561', 'categories': [['Movies & TV']], 'description': \"it's 3Pack\", 'price': 12.99}\n",
       .rows = {},
       .items = {"0000143561: - [Movies & TV]",
                 "0001048791: The Crucible: Performed by Stuart Pankin, Jerome Dempsey & Cast [Books] [Drama]"}},
      {.layout = "Amazon items (2018)",
       .file = "meta_Digital.json",
       .content =
           R"({"category": ["Music", "Pop"], "description": ["d"], "title": "Silence", "brand": "b", "rank": "1", "also_view": [], "main_cat": "M", "date": "", "price": "$5", "asin": "B000000001"})"
           "\n",
       .rows = {},
       .items = {"B000000001: Silence [Music] [Pop]"}},
      {.layout = "Amazon reviews (2023)",
       .file = "All_Beauty.jsonl",
       .content =
           R"({"rating": 5.0, "title": "Nice", "text": "t", "images": [], "asin": "B00X", "parent_asin": "B00P", "user_id": "AGK", "timestamp": 1588687728923, "helpful_vote": 0, "verified_purchase": true})"
           "\n",
       .rows = {"AGK B00P 1588687728.923 5 -"}},
      {.layout = "Amazon reviews (2023)",
       .file = "All_Beauty.csv",
       .content = "user_id,parent_asin,rating,timestamp\nAGK,B00P,5.0,1588687728923\n",
       .rows = {"AGK B00P 1588687728.923 5 -"}},
      {.layout = "Amazon items (2023)",
       .file = "meta_All_Beauty.jsonl",
       .content =
           R"({"main_category": "All Beauty", "title": "Wipes", "average_rating": 4.8, "rating_number": 10, "features": [], "categories": ["Beauty", "Wipes"], "parent_asin": "B00P"})"
           "\n",
       .rows = {},
       .items = {"B00P: Wipes [Beauty] [Wipes]"}},
      {.layout = "Yelp reviews",
       .file = "yelp_academic_dataset_review.json",
       .content =
           R"({"review_id":"r1","user_id":"u-1","business_id":"b-1","stars":3.0,"useful":0,"funny":0,"cool":0,"text":"a\nb","date":"2018-07-07 22:09:11"})"
           "\n",
       .rows = {"u-1 b-1 1531001351 3 -"}},
      {.layout = "Yelp tips",
       .file = "yelp_academic_dataset_tip.json",
       .content =
           R"({"user_id":"u-1","business_id":"b-1","text":"x","date":"2012-05-18 02:17:21","compliment_count":0})"
           "\n",
       .rows = {"u-1 b-1 1337307441 - -"}},
      {.layout = "Yelp businesses",
       .file = "yelp_academic_dataset_business.json",
       .content =
           R"({"business_id":"b-1","name":"St Honore","stars":4.0,"review_count":80,"is_open":1,"attributes":{"W":"u'free'"},"categories":"Restaurants, Food, Bubble Tea","hours":null})"
           "\n"
           R"({"business_id":"b-2","name":"Nothing","stars":4.0,"categories":null})"
           "\n",
       .rows = {},
       .items = {"b-1: St Honore [Restaurants] [Food] [Bubble Tea]", "b-2: Nothing"}},
      {.layout = "Steam reviews",
       .file = "steam_reviews.json",
       .content =
           "{u'username': u'Chaos Syren', u'hours': 0.1, u'products': 41, u'product_id': u'725280', u'page_order': "
           "0, u'date': u'2017-12-17', u'text': u'it\\'s\\n\\u00e9', u'early_access': False, u'page': 1}\n",
       .rows = {"Chaos Syren 725280 1513468800 - -"}},
      {.layout = "Steam games",
       .file = "steam_games.json",
       .content =
           "{u'publisher': u'Kotoshiro', u'genres': [u'Action', u'Indie'], u'app_name': u'Lost Kitty', u'title': "
           "u'Lost Kitty', u'release_date': u'2018-01-04', u'tags': [u'Strategy'], u'price': 4.99, u'id': "
           "u'761140'}\n",
       .rows = {},
       .items = {"761140: Lost Kitty [Action] [Indie]"}},
      {.layout = "Steam purchases and plays",
       .file = "steam-200k.csv",
       .content = "151603712,\"The Elder Scrolls V Skyrim\",purchase,1.0,0\n151603712,\"The Elder Scrolls V "
                  "Skyrim\",play,273.0,0\n151603712,\"Fallout 4\",play,87.0,0\n",
       .rows = {"151603712 The Elder Scrolls V Skyrim - - purchase", "151603712 The Elder Scrolls V Skyrim - - play",
                "151603712 Fallout 4 - - play"}},
      {.layout = "RetailRocket events",
       .file = "events.csv",
       .content = "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n"
                  "1433221332100,257597,addtocart,248676,\n1433221332117,257597,transaction,355908,77\n",
       .rows = {"257597 248676 1433221332.1 - addtocart", "257597 355908 1433221332.117 - view",
                "257597 355908 1433221332.117 - transaction"}},
      {.layout = "Yoochoose clicks",
       .file = "yoochoose-clicks.dat",
       .content = "1,2014-04-07T10:51:09.277Z,214536502,0\n1,2014-04-07T10:54:09.868Z,214536500,S\n",
       .rows = {"1 214536502 1396867869.277 - -", "1 214536500 1396868049.868 - -"}},
      {.layout = "Yoochoose buys",
       .file = "yoochoose-buys.dat",
       .content =
           "420374,2014-04-06T18:44:58.314Z,214537888,12462,1\n420374,2014-04-06T18:44:58.325Z,214537850,10471,1\n",
       .rows = {"420374 214537888 1396809898.314 - -", "420374 214537850 1396809898.325 - -"}},
      {.layout = "Diginetica views",
       .file = "train-item-views.csv",
       .content =
           "sessionId;userId;itemId;timeframe;eventdate\n1;NA;81766;526309;2016-05-09\n1;NA;31331;1031018;2016-05-09\n"
           "1;NA;32118;243569;2016-05-09\n4;201;35077;247915;2016-05-10\n",
       .rows = {"1 32118 1462752243.569 - -", "1 81766 1462752526.309 - -", "1 31331 1462753031.018 - -",
                "201 35077 1462838647.915 - -"}},
      {.layout = "Diginetica products",
       .file = "product-categories.csv",
       .content = "itemId;categoryId\n139578;1096\n417740;1096\n",
       .rows = {},
       .items = {"139578: - [1096]", "417740: - [1096]"}},
      {.layout = "REES46 events",
       .file = "2019-Oct.csv",
       .content =
           "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"
           "2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde\n"
           "2019-10-01 00:00:05 UTC,purchase,3900821,2053013552326770905,appliances.water,aqua,33.20,541312140,9333\n",
       .rows = {"541312140 44600062 1569888000 - view", "541312140 3900821 1569888005 - purchase"}},
      {.layout = "Taobao UserBehavior",
       .file = "UserBehavior.csv",
       .content = "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,buy,1511561733\n",
       .rows = {"1 2268318 1511544070 - pv", "1 2333346 1511561733 - buy"}},
      {.layout = "KuaiRand log",
       .file = "log_standard_4_08_to_4_21_1k.csv",
       .content = "user_id,video_id,date,hourmin,time_ms,is_click,is_like,long_view,play_time_ms,duration_ms,tab\n"
                  "0,3784,20220408,1100,1649387245862,1,0,0,9000,10000,1\n"
                  "0,4555,20220408,1200,1649391245862,0,0,0,0,10000,1\n",
       .rows = {"0 3784 1649387245.862 - click"}},
      {.layout = "KuaiRand videos",
       .file = "video_features_basic_1k.csv",
       .content = "video_id,author_id,video_type,upload_dt,visible_status,video_duration,music_id,tag\n"
                  "0,8447,NORMAL,2022-04-08,0,1,6,\"39,12\"\n1,8447,NORMAL,2022-04-08,0,1,6,\"11,2\"\n2,8,AD,2022-04-"
                  "08,0,1,6,\n",
       .rows = {},
       .items = {"0: - [39] [12]", "1: - [11] [2]", "2: -"}},
      {.layout = "MIND behaviours",
       .file = "behaviors.tsv",
       .content = "1\tU13740\t11/11/2019 9:05:58 AM\tN55189 N42782\tN55689-1 N35729-0\n"
                  "2\tU91836\t11/12/2019 6:11:30 PM\t\tN20678-0 N39317-1\n"
                  "3\tU13740\t11/12/2019 7:00:00 PM\tN55189 N42782\tN11-1\n",
       .rows = {"U13740 N55189 - - click", "U13740 N42782 - - click", "U13740 N55689 1573463158 - click",
                "U13740 N11 1573585200 - click", "U91836 N39317 1573582290 - click"}},
      {.layout = "MIND news",
       .file = "news.tsv",
       .content = "N55528\tlifestyle\tlifestyleroyals\tThe Brands Queen Elizabeth Swears By\tShop the "
                  "notebooks\thttps://x\t[{\"Label\": \"Q\"}]\t[]\n"
                  "N19639\thealth\tweightloss\t50 Worst \"Habits\" For Belly Fat\tThese\thttps://y\t[]\t[]\n",
       .rows = {},
       .items = {"N19639: 50 Worst \"Habits\" For Belly Fat [health]",
                 "N55528: The Brands Queen Elizabeth Swears By [lifestyle]"}},
      {.layout = "Gowalla and Brightkite check-ins",
       .file = "loc-gowalla_totalCheckins.txt",
       .content = "0\t2010-10-19T23:55:27Z\t30.2359091167\t-97.7951395833\t22847\n"
                  "0\t2010-10-18T22:17:43Z\t30.2691029532\t-97.7493953705\t420315\n",
       .rows = {"0 420315 1287440263 - -", "0 22847 1287532527 - -"}},
      {.layout = "Gowalla and Brightkite check-ins",
       .file = "loc-brightkite_totalCheckins.txt",
       .content = "0\t2010-10-17T01:48:53Z\t39.747652\t-104.99251\t88c46bf20db295831bd2d1718ad7e6f5\n"
                  "0\t2010-10-16T06:02:04Z\t39.891383\t-105.070814\t7a0f88982aa015062b95e3b4843f9ca2\n",
       .rows = {"0 7a0f88982aa015062b95e3b4843f9ca2 1287208924 - -",
                "0 88c46bf20db295831bd2d1718ad7e6f5 1287280133 - -"}},
      {.layout = "Last.fm 1K plays",
       .file = "userid-timestamp-artid-artname-traid-traname.tsv",
       .content = "user_000001\t2009-05-04T23:08:57Z\tf1b1cf71\tDeep Dish\t\tFuck \"Me\" Im Famous\n"
                  "user_000001\t2009-05-04T13:54:10Z\tf1b1cf71\tDeep Dish\t9cf3-11\tComposure\n",
       .rows = {"user_000001 9cf3-11 1241445250 - -", "user_000001 Deep Dish - Fuck \"Me\" Im Famous 1241478537 - -"},
       .items = {"9cf3-11: Deep Dish - Composure",
                 "Deep Dish - Fuck \"Me\" Im Famous: Deep Dish - Fuck \"Me\" Im Famous"}},
      {.layout = "Last.fm 360K artists",
       .file = "usersha1-artmbid-artname-plays.tsv",
       .content = "00000c289a1829a808ac09c00daf10bc3c4e223b\t3bd73256-3905\tbetty blowtorch\t2137\n"
                  "00000c289a1829a808ac09c00daf10bc3c4e223b\t\tdie Ärzte\t1099\n",
       .rows = {"00000c289a1829a808ac09c00daf10bc3c4e223b 3bd73256-3905 - - -",
                "00000c289a1829a808ac09c00daf10bc3c4e223b die Ärzte - - -"},
       .items = {"3bd73256-3905: betty blowtorch", "die Ärzte: die Ärzte"}},
      {.layout = "Book-Crossing ratings",
       .file = "BX-Book-Ratings.csv",
       .content =
           "\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"276725\";\"034545104X\";\"0\"\n\"276726\";\"0155061224\";\"5\"\n",
       .rows = {"276725 034545104X - - -", "276726 0155061224 - 5 -"}},
      {.layout = "Book-Crossing books",
       .file = "BX-Books.csv",
       .content = "\"ISBN\";\"Book-Title\";\"Book-Author\";\"Year-Of-Publication\"\n"
                  "\"034545104X\";\"Flesh \\\"Tones\\\": A Novel\";\"M. J. Ros\xe9\";\"2002\"\n"
                  "\"0155061224\";\"Rites &amp; Passage\";\"Judith Rae\";\"2001\"\n",
       .rows = {},
       .items = {"0155061224: Rites & Passage", "034545104X: Flesh \"Tones\": A Novel"}},
      {.layout = "Goodreads interactions",
       .file = "goodreads_interactions_poetry.json",
       .content =
           R"({"user_id": "8842", "book_id": "1384", "review_id": "1bad", "is_read": true, "rating": 4, "review_text_incomplete": "", "date_added": "Wed May 09 09:33:44 -0700 2007", "date_updated": "Wed May 09 09:33:44 -0700 2007", "read_at": "", "started_at": ""})"
           "\n"
           R"({"user_id": "8842", "book_id": "1376", "review_id": "eb6e", "is_read": false, "rating": 0, "date_added": "Wed May 09 09:33:18 -0700 2007", "date_updated": "Wed May 09 09:33:18 -0700 2007", "read_at": "", "started_at": ""})"
           "\n",
       .rows = {"8842 1376 1178728398 - shelved", "8842 1384 1178728424 4 read"}},
      {.layout = "Goodreads reviews",
       .file = "goodreads_reviews_poetry.json",
       .content =
           R"({"user_id": "8842", "book_id": "1384", "review_id": "1bad", "rating": 4, "review_text": "t", "date_added": "Mon Aug 01 13:41:57 -0700 2011", "date_updated": "Mon Aug 01 13:42:41 -0700 2011", "read_at": "Fri Jan 01 00:00:00 -0800 1988", "n_votes": 28})"
           "\n",
       .rows = {"8842 1384 1312231317 4 -"}},
      {.layout = "Goodreads books",
       .file = "goodreads_books_poetry.json",
       .content =
           R"({"isbn": "0312853122", "asin": "B00071", "work_id": "5400751", "book_id": "5333265", "title": "W.C. Fields", "average_rating": "4.00", "publication_year": "1984"})"
           "\n",
       .rows = {},
       .items = {"5333265: W.C. Fields"}},
      {.layout = "Goodreads genres",
       .file = "goodreads_book_genres_initial.json",
       .content = R"({"book_id": "5333265", "genres": {"history, historical fiction, biography": 1, "poetry": 2}})"
                  "\n"
                  R"({"book_id": "7", "genres": {}})"
                  "\n",
       .rows = {},
       .items = {"5333265: - [history, historical fiction, biography] [poetry]", "7: -"}},
      {.layout = "MyAnimeList ratings",
       .file = "rating.csv",
       .content = "user_id,anime_id,rating\n1,20,-1\n1,79,8\n",
       .rows = {"1 20 - - -", "1 79 - 8 -"}},
      {.layout = "MyAnimeList anime",
       .file = "anime.csv",
       .content = "anime_id,name,genre,type,episodes,rating,members\n"
                  "32281,Kimi no Na wa.,\"Drama, Romance, School\",Movie,1,9.37,200630\n"
                  "28977,Gintama&deg;,\"Action, Comedy\",TV,51,9.25,114262\n7,Solo,Sports,TV,Unknown,,1\n",
       .rows = {},
       .items = {"28977: Gintama&deg; [Action] [Comedy]", "32281: Kimi no Na wa. [Drama] [Romance] [School]",
                 "7: Solo [Sports]"}},
      {.layout = "H&M transactions",
       .file = "transactions_train.csv",
       .content = "t_dat,customer_id,article_id,price,sales_channel_id\n2018-09-20,000058a12d5b,0663713001,0."
                  "050830508474576264,2\n",
       .rows = {"000058a12d5b 0663713001 1537401600 - -"}},
      {.layout = "H&M articles",
       .file = "articles.csv",
       .content =
           "article_id,product_code,prod_name,product_type_no,product_type_name,product_group_name,colour_group_name\n"
           "0108775015,0108775,Strap top,253,Vest top,Garment Upper body,Black\n",
       .rows = {},
       .items = {"0108775015: Strap top [Garment Upper body]"}},
      {.layout = "Netflix viewing history",
       .file = "NetflixViewingHistory.csv",
       .content = "Title,Date\n\"Dark: Season 1: Secrets\",\"5/31/20\"\n\"The Irishman\",\"12/2/19\"\n",
       .rows = {"me The Irishman 1575244800 - -", "me Dark: Season 1: Secrets 1590883200 - -"},
       .one_person = true},
      {.layout = "Netflix viewing activity",
       .file = "ViewingActivity.csv",
       .content = "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device "
                  "Type,Bookmark,Latest Bookmark,Country\n"
                  "Ann,2023-05-01 20:13:22,00:42:01,,Dark: Secrets,,TV,00:42:01,00:42:01,DE\n"
                  "Ann,2023-05-01 20:10:00,00:00:31,Autoplayed,Clip,TRAILER,TV,00:00:31,00:00:31,DE\n",
       .rows = {"Ann Dark: Secrets 1682972002 - play"}},
      {.layout = "Letterboxd diary",
       .file = "diary.csv",
       .content = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
                  "2021-02-03,Heat,1995,https://boxd.it/a,4.5,,,2021-01-31\n2021-02-04,Alien,1979,https://boxd.it/"
                  "b,,Yes,,2021-02-01\n",
       .rows = {"me Heat (1995) 1612051200 4.5 -", "me Alien (1979) 1612137600 - -"},
       .items = {"Alien (1979): Alien (1979)", "Heat (1995): Heat (1995)"},
       .one_person = true},
      {.layout = "Letterboxd films",
       .file = "ratings.csv",
       .content = "Date,Name,Year,Letterboxd URI,Rating\n2021-02-03,Heat,1995,https://boxd.it/c,4.5\n",
       .rows = {"me Heat (1995) 1612310400 4.5 -"},
       .one_person = true},
      {.layout = "Spotify history",
       .file = "StreamingHistory0.json",
       .content =
           "[\n  {\n    \"endTime\" : \"2021-01-01 12:34\",\n    \"artistName\" : \"Portishead\",\n    \"trackName\" : "
           "\"Roads\",\n    \"msPlayed\" : 12345\n  },\n  {\n    \"endTime\" : \"2021-01-01 12:40\",\n    "
           "\"artistName\" "
           ": \"Air\",\n    \"trackName\" : \"[Live] \\\"La\\\" Femme\",\n    \"msPlayed\" : 1\n  }\n]\n",
       .rows = {"me Portishead - Roads 1609504440 - -", "me Air - [Live] \"La\" Femme 1609504800 - -"},
       .one_person = true},
      {.layout = "Spotify extended history",
       .file = "Streaming_History_Audio_2020.json",
       .content =
           R"([{"ts":"2020-01-01T12:00:00Z","ms_played":200000,"master_metadata_track_name":"Roads","master_metadata_album_artist_name":"Portishead","spotify_track_uri":"spotify:track:1","episode_name":null,"spotify_episode_uri":null},)"
           R"({"ts":"2020-01-02T12:00:00Z","ms_played":200000,"master_metadata_track_name":null,"master_metadata_album_artist_name":null,"spotify_track_uri":null,"episode_name":"E","spotify_episode_uri":"spotify:episode:2"}])",
       .rows = {"me spotify:track:1 1577880000 - -", "me spotify:episode:2 1577966400 - -"},
       .items = {"spotify:episode:2: -", "spotify:track:1: Portishead - Roads"},
       .one_person = true},
      {.layout = "YouTube history",
       .file = "watch-history.json",
       .content =
           R"([{"header": "YouTube", "title": "Watched How to knot", "titleUrl": "https://www.youtube.com/watch?v\u003dabc", "subtitles": [{"name": "K", "url": "u"}], "time": "2021-03-04T12:00:00.123Z", "products": ["YouTube"], "activityControls": ["W"]}])",
       .rows = {"me https://www.youtube.com/watch?v=abc 1614859200.123 - -"},
       .items = {"https://www.youtube.com/watch?v=abc: How to knot"},
       .one_person = true},
      {.layout = "Last.fm 2K artists",
       .file = "user_artists.dat",
       .content = "2\t51\t13883\n2\t52\t11690\n3\t51\t7\n",
       .rows = {"2 51 - - -", "2 52 - - -", "3 51 - - -"}},
      {.layout = "Foursquare check-ins",
       .file = "dataset_TSMC2014_NYC.txt",
       .content = "470\t49bbd6c0f964a520f4531fe3\t4bf58dd8d48988d127951735\tArts & Crafts Store\t40.719810375488535\t"
                  "-74.00258103213994\t-240\tTue Apr 03 18:00:09 +0000 2012\n"
                  "979\t4a43c0aef964a520c6a61fe3\t4bf58dd8d48988d1df941735\tBridge\t40.60679958140643\t"
                  "-74.04416981025437\t-240\tTue Apr 03 18:00:25 +0000 2012\n",
       .rows = {"470 49bbd6c0f964a520f4531fe3 1333476009 - -", "979 4a43c0aef964a520c6a61fe3 1333476025 - -"}},
      {.layout = "Goodreads library",
       .file = "goodreads_library_export.csv",
       .content =
           "Book Id,Title,Author,ISBN,My Rating,Average Rating,Date Read,Date Added,Bookshelves,Exclusive Shelf\n"
           "1,Dune,Frank Herbert,\"=\"\"0441172717\"\"\",5,4.2,2020/03/01,2020/01/01,,read\n"
           "2,Emma,Jane Austen,\"=\"\"\"\"\",0,4.0,,2020/02/01,,read\n"
           "3,Ulysses,James Joyce,\"=\"\"\"\"\",0,3.7,,2020/02/02,to-read,to-read\n",
       .rows = {"me 2 1580515200 - read", "me 1 1583020800 5 read"},
       .items = {"1: Dune", "2: Emma"},
       .one_person = true},
  };
  return all;
}

class ImportLayouts : public ImportTest {
 protected:
  static std::vector<std::string> stored_rows(const Database& db) {
    std::vector<std::string> rows;
    Statement query = db.prepare(
        "SELECT users.key, items.key, time, nanoseconds, rating, event FROM interactions JOIN users ON users.id = "
        "user_id JOIN items ON items.id = item_id ORDER BY users.key, time, nanoseconds, sequence");
    while (query.step()) {
      std::string time = "-";
      if (!query.is_null(2)) time = fmt::format("{}", query.integer(2));
      if (query.integer(3) != 0) time += fmt::format("{:g}", static_cast<double>(query.integer(3)) * 1e-9).substr(1);
      rows.push_back(fmt::format("{} {} {} {} {}", query.text(0), query.text(1), time,
                                 query.is_null(4) ? "-" : fmt::format("{}", query.real(4)),
                                 query.optional_text(5).value_or("-")));
    }
    return rows;
  }
  static std::vector<std::string> stored_items(const Database& db) {
    std::vector<std::string> rows;
    for (const Item& item : list_items(db)) {
      rows.push_back(fmt::format("{}: {}", item.key, item.title.value_or("-")));
      for (const std::string& topic : item.topics) rows.back() += fmt::format(" [{}]", topic);
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  }
};

TEST_F(ImportLayouts, AreReadWithoutOptions) {
  for (const Published& one : published()) {
    SCOPED_TRACE(fmt::format("{}: {}", one.layout, one.file));
    const test::TemporaryFolder folder;
    Database db = Database::in_memory();
    ImportOptions options{.paths = {folder.write(one.file, one.content)}};
    if (one.one_person) {
      EXPECT_THROW(import_paths(db, options), DataError) << "nobody is named";
      options.person = "me";
    }
    const ImportReport report = import_paths(db, options);
    EXPECT_EQ(report.imported_files.at(0).understanding.layout, one.layout);
    EXPECT_EQ(report.rejected + report.rejected_attributes, 0);
    auto rows = one.rows;
    std::stable_sort(rows.begin(), rows.end(), [](const std::string& a, const std::string& b) {
      return a.substr(0, a.find(' ')) < b.substr(0, b.find(' '));
    });
    EXPECT_EQ(stored_rows(db), rows);
    if (!one.items.empty()) {
      EXPECT_EQ(stored_items(db), one.items);
    }
  }
}

TEST_F(ImportLayouts, EachHasAnExampleHereAndIsInTheReadme) {
  const std::string readme = test::read_file(std::string(INFODIET_GOLDEN) + "/../../recsys/import/README.md");
  for (const Layout& layout : layouts()) {
    const bool has_example = std::any_of(published().begin(), published().end(),
                                         [&](const Published& one) { return one.layout == layout.name; });
    EXPECT_TRUE(has_example) << layout.name;
    EXPECT_NE(readme.find(layout.name), std::string::npos) << layout.name << " is missing in recsys/import/README.md";
  }
}

TEST_F(ImportLayouts, FilesAreFoundInFoldersByTheirNames) {
  folder_.write("mind/behaviors.tsv", "1\tU13740\t11/11/2019 9:05:58 AM\tN55189 N42782\tN55689-1 N35729-0\n");
  folder_.write("mind/news.tsv", "N55189\thealth\tfit\tSome title here\tAn abstract\thttps://y\t[]\t[]\n");
  folder_.write("mind/entity_embedding.vec", "Q41\t-0.063388\t-0.181451\n");
  EXPECT_EQ(import_paths(db_, {.paths = {folder_.file("mind")}}).accepted, 3);
  EXPECT_TRUE(is_published_name("loc-gowalla_totalCheckins.txt"));
  EXPECT_FALSE(is_published_name("loc-gowalla_edges.txt"));
}

TEST_F(ImportLayouts, EventsAreChosenAndWeighed) {
  const std::string_view events =
      "timestamp,visitorid,event,itemid,transactionid\n1433221332100,7,view,1,\n1433221332200,7,addtocart,1,\n"
      "1433221332300,7,transaction,1,77\n";
  const ImportReport report =
      import_text("events.csv", events, {.only_events = {"view", "transaction"}, .event_weights = {{"view", 0.25}}});
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.other_events, 1);
  EXPECT_EQ(load_dataset(db_).weights, (std::vector<float>{0.25F, 1.0F}));
  const std::string weighed = data_fingerprint(load_dataset(db_));
  import_text("events.csv", events, {.only_events = {"view", "transaction"}, .again = true});
  EXPECT_TRUE(load_dataset(db_).weights.empty());
  EXPECT_NE(data_fingerprint(load_dataset(db_)), weighed);
}

TEST_F(ImportLayouts, EventsThatNoRowIsOfAreNamed) {
  const std::string_view log = "user,item,event,time\nu,a,view,1700000000\nu,b,buy,1700000001\n";
  const ImportReport weighed = import_text("log.csv", log, {.event_weights = {{"view", 0.5}, {"cart", 0.5}}});
  EXPECT_THAT(weighed.warnings, ElementsAre("no row has the event \"cart\" (--event-weights); there are buy, view"));
  EXPECT_THAT(refusal("other.csv", log, {.only_events = {"bought"}}),
              HasSubstr("2 of other events (there are buy, view)"));
  const ImportReport again = import_text("log.csv", log, {.event_weights = {{"view", 0.25}}});
  EXPECT_EQ(again.duplicates, 2);
  ASSERT_EQ(again.warnings.size(), 1U);
  EXPECT_THAT(again.warnings[0],
              HasSubstr("read differently: 2 of its rows keep their earlier values; --again replaces"));
  EXPECT_EQ(load_dataset(db_).weights, (std::vector<float>{0.5F, 1.0F}));
  EXPECT_TRUE(import_text("log.csv", log, {.event_weights = {{"view", 0.25}}, .again = true}).warnings.empty());
  EXPECT_EQ(load_dataset(db_).weights, (std::vector<float>{0.25F, 1.0F}));
}

TEST_F(ImportLayouts, ASessionIsNobodysIdWhereUsersHaveTheSame) {
  import_text("train-item-views.csv",
              "sessionId;userId;itemId;timeframe;eventdate\n4;NA;1;10;2016-05-09\n5;4;2;20;2016-05-09\n");
  EXPECT_EQ(history("4"), Keys{"2"});
  EXPECT_EQ(history("session-4"), Keys{"1"});
}

}  // namespace
}  // namespace infodiet::recsys
