#include "rl/sample/sample_titles.hpp"

#include <fmt/format.h>

#include <array>

namespace infodiet::rl {
namespace {

struct Vocabulary {
  std::string_view topic;
  std::array<std::string_view, 24> subjects;  // plural, so that every template agrees with them
  std::array<std::string_view, 8> people;     // plural
};

constexpr std::array<Vocabulary, sample_topics> vocabularies{{
    {"science",
     {"black holes",       "ice cores",          "gene switches",  "dark skies",     "quantum clocks",
      "fossil footprints", "deep-sea vents",     "vaccine trials", "memory cells",   "neutrino traps",
      "meteor showers",    "lab-grown crystals", "plant genomes",  "ancient teeth",  "sleeping volcanoes",
      "radio telescopes",  "antimatter bottles", "tree rings",     "cave paintings", "hidden moons",
      "protein maps",      "space probes",       "cosmic rays",    "sound waves"},
     {"astronomers", "physicists", "geneticists", "palaeontologists", "chemists", "statisticians", "lab technicians",
      "field researchers"}},
    {"politics",
     {"coalition talks",      "ballot papers",  "border towns",       "budget deals",      "minority governments",
      "city councils",        "peace treaties", "pension reforms",    "press conferences", "swing districts",
      "lobby registers",      "trade pacts",    "citizen assemblies", "housing laws",      "postal votes",
      "party conferences",    "asylum rules",   "campaign posters",   "tax loopholes",     "recall petitions",
      "backbench rebellions", "fishing quotas", "school boards",      "open letters"},
     {"mayors", "pollsters", "speechwriters", "diplomats", "first-time voters", "whistleblowers", "lobbyists",
      "election volunteers"}},
    {"sport",
     {"penalty shoot-outs", "mountain stages", "relay teams",     "comeback games",     "chess openings",
      "amateur leagues",    "rowing crews",    "marathon routes", "goalkeeper gloves",  "climbing walls",
      "transfer deadlines", "training camps",  "underdog finals", "free-throw streaks", "velodrome sprints",
      "skating rinks",      "local derbies",   "swimming relays", "fencing duels",      "doping tests",
      "winter pitches",     "village clubs",   "ultra races",     "surf breaks"},
     {"goalkeepers", "coaches", "referees", "sprinters", "groundskeepers", "team doctors", "retired champions",
      "young climbers"}},
    {"food",
     {"sourdough starters", "street noodles", "pickled plums",  "olive harvests",   "corner bakeries",
      "wild mushrooms",     "school lunches", "smoked cheeses", "night markets",    "family recipes",
      "coffee roasters",    "bean stews",     "rice terraces",  "hot sauces",       "forgotten apples",
      "dumpling houses",    "fish canneries", "rye breads",     "tomato varieties", "tea ceremonies",
      "kitchen gardens",    "lentil soups",   "salt pans",      "honey farms"},
     {"bakers", "home cooks", "beekeepers", "dishwashers", "market traders", "chefs", "cheesemakers", "tea growers"}},
    {"travel",
     {"night trains",   "hidden beaches",  "mountain huts",    "ferry routes",   "desert roads",  "island hostels",
      "pilgrim paths",  "old lighthouses", "border crossings", "canal boats",    "hot springs",   "slow itineraries",
      "rope bridges",   "guesthouses",     "scenic railways",  "walled towns",   "rooftop views", "travel diaries",
      "winter escapes", "river cruises",   "cycling trails",   "empty airports", "harbour towns", "luggage mishaps"},
     {"lighthouse keepers", "train conductors", "backpackers", "mountain guides", "ferry captains", "innkeepers",
      "cyclists", "tour guides"}},
    {"health",
     {"sleep debts",     "blood tests",         "walking habits",   "back pains",     "food allergies",
      "waiting lists",   "heart monitors",      "hearing aids",     "pollen seasons", "night shifts",
      "village clinics", "breathing exercises", "screen breaks",    "flu jabs",       "hospital kitchens",
      "knee operations", "cold showers",        "migraine diaries", "vitamin pills",  "balance exercises",
      "sun creams",      "dental visits",       "stress tests",     "rehab gardens"},
     {"nurses", "midwives", "family doctors", "night-shift workers", "physiotherapists", "paramedics", "carers",
      "pharmacists"}},
    {"money",
     {"index funds",     "rent increases",    "grocery bills",  "side jobs",     "pension gaps",    "mortgage offers",
      "savings rates",   "second-hand shops", "energy tariffs", "credit scores", "cash machines",   "family budgets",
      "start-up shares", "insurance forms",   "price tags",     "tip jars",      "payday loans",    "co-operatives",
      "repair cafes",    "train fares",       "gift cards",     "tax returns",   "housing bubbles", "wage talks"},
     {"small investors", "landlords", "bookkeepers", "debt advisers", "shopkeepers", "freelancers", "pensioners",
      "bank clerks"}},
    {"technology",
     {"open-source maps",  "battery factories", "weather satellites", "old keyboards",   "self-driving buses",
      "password managers", "undersea cables",   "chip plants",        "home servers",    "voice assistants",
      "repairable phones", "chess engines",     "solar roofs",        "data centres",    "game consoles",
      "robot arms",        "mesh networks",     "camera drones",      "heat pumps",      "printing errors",
      "spam filters",      "train signals",     "electric ferries",   "digital archives"},
     {"programmers", "chip designers", "radio amateurs", "tinkerers", "testers", "cable engineers", "archivists",
      "security researchers"}},
    {"culture",
     {"forgotten novels", "street murals",     "puppet theatres", "jazz cellars",     "film archives",
      "folk songs",       "opera rehearsals",  "comic books",     "library cards",    "dance halls",
      "photo albums",     "radio plays",       "poetry slams",    "museum basements", "church organs",
      "circus tents",     "book translations", "vinyl shops",     "stage costumes",   "silent films",
      "brass bands",      "letter presses",    "pop choruses",    "oral histories"},
     {"librarians", "translators", "puppeteers", "set designers", "street musicians", "curators", "novelists",
      "projectionists"}},
    {"nature",
     {"bird migrations", "coral gardens", "old-growth forests", "urban foxes",     "river otters",  "meadow flowers",
      "spider webs",     "whale songs",   "peat bogs",          "honeybee swarms", "tidal pools",   "mountain goats",
      "snow leopards",   "bat colonies",  "wild orchids",       "beaver dams",     "moss gardens",  "eel journeys",
      "night moths",     "sand dunes",    "wolf packs",         "hedgerows",       "frog choruses", "glacier edges"},
     {"rangers", "birdwatchers", "foresters", "divers", "botanists", "shepherds", "river keepers", "volunteers"}},
    {"history",
     {"lost cities",    "trade winds",      "castle kitchens", "merchant letters", "bronze mirrors",
      "plague years",   "forgotten queens", "mill towns",      "tram lines",       "pirate maps",
      "Roman roads",    "silk weavers",     "border walls",    "wartime diaries",  "canal builders",
      "market squares", "royal forgeries",  "postal riders",   "mountain passes",  "cotton mills",
      "salt routes",    "shipwrecks",       "stone circles",   "railway strikes"},
     {"archaeologists", "stonemasons", "chroniclers", "weavers", "sailors", "cartographers", "village elders",
      "monks"}},
    {"education",
     {"school gardens",     "reading clubs",   "evening classes",      "spelling contests",   "maths puzzles",
      "exam halls",         "forest schools",  "science fairs",        "school choirs",       "sign languages",
      "first lessons",      "class trips",     "homework rules",       "village schools",     "debating teams",
      "language exchanges", "apprenticeships", "recess games",         "handwriting lessons", "chess clubs",
      "student papers",     "open lectures",   "bilingual classrooms", "school kitchens"},
     {"teachers", "school leavers", "tutors", "apprentices", "headteachers", "late learners", "school librarians",
      "bus drivers"}},
}};

constexpr std::array<std::string_view, 40> places{
    "Lisbon",     "Tallinn",   "Ghent",     "Oaxaca",  "Bergen",   "Kyoto",     "Porto",    "Leipzig",
    "Valparaíso", "Galway",    "Marseille", "Nairobi", "Turin",    "Hanoi",     "Kraków",   "Tbilisi",
    "Seville",    "Reykjavík", "Bologna",   "Dakar",   "Glasgow",  "Riga",      "Montréal", "Naples",
    "Aarhus",     "Cusco",     "Zadar",     "Bristol", "Utrecht",  "Mumbai",    "Lyon",     "Antwerp",
    "Tromsø",     "Malmö",     "Salzburg",  "Cork",    "Valencia", "Ljubljana", "Bilbao",   "Hobart"};

constexpr std::array<std::string_view, 8> title_times{"in winter",      "after dark",   "in a dry year", "one year on",
                                                      "before sunrise", "on a weekday", "in hard times", "this spring"};

// {s} subjects, {S} the same with a capital, {p} people, {P} with a capital, {c} a place, {t} a time, {n} a number.
constexpr std::array<std::string_view, 16> sober_templates{"What we know about {s}, and what we do not",
                                                           "The long return of {s} to {c}",
                                                           "How {s} changed the way {c} lives",
                                                           "A year among the {p} of {c}",
                                                           "Why {p} still argue about {s}",
                                                           "{S} explained, with help from {p} in {c}",
                                                           "The evidence on {s}, weighed by {p}",
                                                           "{S} in {c}: a report from the ground",
                                                           "What {c} can teach us about {s}",
                                                           "An honest history of {s}",
                                                           "{P} in {c} on the future of {s}",
                                                           "Who pays for {s}? The view from {c}",
                                                           "The patient work behind {s} in {c}",
                                                           "{S}: seven questions put to {p}",
                                                           "In defence of {s}, by the {p} of {c}",
                                                           "Measuring {s} {t}: notes from {c}"};

constexpr std::array<std::string_view, 16> plain_templates{"{S} {t}: a visit to {c}",
                                                           "Where to find {s} in {c}",
                                                           "A weekend with {s} near {c}",
                                                           "{P} share their notes on {s}",
                                                           "{S} are back in {c}",
                                                           "A beginner's guide to {s}",
                                                           "Five days, {n} {p} and a story about {s}",
                                                           "{c} and its {s}, in pictures",
                                                           "The {p} of {c} {t}",
                                                           "Letters from {c}: {s} and other pleasures",
                                                           "{n} things to read about {s}",
                                                           "Meet the {p} who care about {s}",
                                                           "{S} on a small budget in {c}",
                                                           "{c} votes on {s}",
                                                           "Small talk about {s} with {p}",
                                                           "A walk through {c} in search of {s}"};

constexpr std::array<std::string_view, 16> clickbait_templates{
    "{n} secrets about {s} that {p} will not tell you",
    "You will not believe what happened to {s} in {c}",
    "This one trick with {s} has {p} furious",
    "{P} hate these {n} facts about {s}",
    "{S} in {c}: number {n} will shock you",
    "Everyone in {c} is talking about {s}. Here is why",
    "Stop everything: {s} are over",
    "We tried {s} for {n} days and nothing was the same again",
    "The shocking truth about {s} in {c}",
    "Are you doing {s} wrong? Ask {p}",
    "{n} times {s} broke the internet",
    "What {p} really think of you and your {s}",
    "{c} is losing its mind over {s}",
    "Only true {p} can name these {n} {s}",
    "{S} ranked from awful to amazing",
    "She went to {c} for {s}. What came next is unreal"};

constexpr std::array<std::string_view, 10> story_templates{
    "The {s} of {c}",        "{c} and the {p}",      "{S} and silence",     "The {p} who stayed in {c}",
    "{S}, {c} and us",       "A case of {s} in {c}", "The last {p} of {c}", "Looking for {s} in {c}",
    "The {s} affair in {c}", "{P} against {s}"};

// Of the parts between the first and the last.
constexpr std::array<std::string_view, longest_sample_story - 2> chapters{"the people involved", "the turning point",
                                                                          "what went wrong", "who pays the price"};

template <std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& words, engine::RandomStream& stream) {
  return words[stream.below(N)];
}

std::string capitalised(std::string_view text) {
  std::string out(text);
  if (out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

std::string fill(std::string_view pattern, std::uint32_t topic, engine::RandomStream& stream) {
  const Vocabulary& words = vocabularies[topic];
  const std::string_view subject = pick(words.subjects, stream);
  const std::string_view people = pick(words.people, stream);
  const std::string_view place = pick(places, stream);
  const std::string_view time = pick(title_times, stream);
  const std::uint64_t number = 6 + stream.below(25);
  return fmt::format(fmt::runtime(pattern), fmt::arg("s", subject), fmt::arg("S", capitalised(subject)),
                     fmt::arg("p", people), fmt::arg("P", capitalised(people)), fmt::arg("c", place),
                     fmt::arg("t", time), fmt::arg("n", number));
}

}  // namespace

std::string_view sample_topic_name(std::uint32_t topic) {
  return vocabularies[topic].topic;
}

std::string draw_headline(std::uint32_t topic, Tone tone, engine::RandomStream& stream) {
  switch (tone) {
    case Tone::sober:
      return fill(pick(sober_templates, stream), topic, stream);
    case Tone::clickbait:
      return fill(pick(clickbait_templates, stream), topic, stream);
    case Tone::plain:
      break;
  }
  return fill(pick(plain_templates, stream), topic, stream);
}

std::string draw_story_name(std::uint32_t topic, engine::RandomStream& stream) {
  return fill(pick(story_templates, stream), topic, stream);
}

std::string story_headline(std::string_view story, std::uint32_t part, std::uint32_t parts) {
  const auto chapter = [&]() -> std::string_view {
    if (part == 0) return "where it began";
    return part + 1 == parts ? "what comes next" : chapters.at(part - 1);
  };
  return fmt::format("{}, part {}: {}", story, part + 1, chapter());
}

}  // namespace infodiet::rl
