#include "tools/cli/options.hpp"

#include <gtest/gtest.h>

#include "tools/cli/errors.hpp"

namespace infodiet::tools {
namespace {

// A set of every kind of option, as a command would declare it.
struct Declared {
  bool verbose = false;
  std::string format = "auto";
  std::optional<std::string> user;
  unsigned k = 10;
  std::optional<std::size_t> limit;
  double weight = 0.5;
  std::vector<unsigned> cutoffs{5, 10};
  std::vector<std::string> paths;
  OptionSet options;

  Declared() {
    options.flag({.name = "verbose"}, verbose);
    options.choice({.name = "format", .value = "NAME"}, format, {"auto", "csv", "jsonl"});
    options.text({.name = "user", .letter = 'u', .value = "ID", .required = true}, user);
    options.integer({.name = "k", .value = "N"}, k, {.minimum = 1, .maximum = 1000});
    options.integer({.name = "limit", .value = "N"}, limit);
    options.number({.name = "weight", .value = "W"}, weight, {.minimum = 0, .maximum = 1});
    options.integers({.name = "cutoffs", .value = "N,..."}, cutoffs, {.minimum = 1});
    options.positional({.value = "PATH...", .required = true}, paths);
  }
  Declared(const Declared&) = delete;
  Declared& operator=(const Declared&) = delete;

  std::vector<std::string> parse(std::vector<std::string> arguments) { return options.parse(arguments); }

  // The message of the UsageError that parsing throws.
  std::string refusal(std::vector<std::string> arguments) {
    try {
      options.parse(arguments);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "accepted";
  }
};

TEST(OptionSet, FillsTheVariables) {
  Declared declared;
  const auto missing = declared.parse({"a.csv", "--user", "O'Neil, \"x\"", "-k", "3", "--limit=0", "--weight", "1e-1",
                                       "--format", "csv", "--cutoffs", "1,20", "--verbose", "-", "--", "--odd"});
  EXPECT_TRUE(missing.empty());
  EXPECT_EQ(declared.paths, (std::vector<std::string>{"a.csv", "-", "--odd"}));
  EXPECT_EQ(declared.user, "O'Neil, \"x\"");
  EXPECT_EQ(declared.k, 3U);
  EXPECT_EQ(declared.limit, 0U);
  EXPECT_EQ(declared.weight, 0.1);
  EXPECT_EQ(declared.format, "csv");
  EXPECT_EQ(declared.cutoffs, (std::vector<unsigned>{1, 20}));
  EXPECT_TRUE(declared.verbose);
}

TEST(OptionSet, RefusesNothingAsAValueAndANumberGivenTwice) {
  Declared declared;
  EXPECT_EQ(declared.refusal({"--user", ""}), "--user: expected ID, but got '' (a variable that is not set?)");
  EXPECT_EQ(declared.refusal({"--user="}), "--user needs a value");
  EXPECT_EQ(declared.refusal({"--cutoffs", "5,10,05"}), "--cutoffs: 05 is given twice");
}

TEST(OptionSet, KeepsDefaultsAndReportsWhatIsMissing) {
  Declared declared;
  EXPECT_EQ(declared.parse({}), (std::vector<std::string>{"--user", "PATH..."}));
  EXPECT_EQ(declared.k, 10U);
  EXPECT_EQ(declared.limit, std::nullopt);
  EXPECT_EQ(declared.cutoffs, (std::vector<unsigned>{5, 10}));
}

TEST(OptionSet, AcceptsBothSpellings) {
  Declared declared;
  declared.parse({"--k", "7", "-u", "x", "path"});
  EXPECT_EQ(declared.k, 7U);
  EXPECT_EQ(declared.user, "x");
  declared.parse({"-k8", "--user=y", "path"});
  EXPECT_EQ(declared.k, 8U);
  EXPECT_EQ(declared.user, "y");
}

TEST(OptionSet, RefusesNumbersItCannotTake) {
  const char* expected = "-k: expected a whole number from 1 to 1000, but got '{}'";
  for (const std::string text : {"0", "-1", "1001", "99999999999999999999", "ten", "1.5", "3x", "+3", " 3", "0x3"}) {
    std::string message = expected;
    message.replace(message.find("{}"), 2, text);
    EXPECT_EQ(Declared().refusal({"-k", text}), message);
  }
  EXPECT_EQ(Declared().refusal({"--limit", "-1"}),
            "--limit: expected a whole number from 0 to 18446744073709551615, but got '-1'");
  for (const std::string text : {"nan", "inf", "-0.1", "1.1", "1e999", "", "one"}) {
    EXPECT_EQ(Declared().refusal({"--weight", text}),
              "--weight: expected a number from 0 to 1, but got '" + text + "'");
  }
  EXPECT_EQ(Declared().refusal({"--cutoffs", "5,,10"}),
            "--cutoffs: expected a whole number from 1 to 4294967295, but got ''");
}

TEST(OptionSet, GuessesNothingButSuggests) {
  EXPECT_EQ(Declared().refusal({"--verb"}), "unknown option --verb; did you mean '--verbose'?");
  EXPECT_EQ(Declared().refusal({"--formt=csv"}), "unknown option --formt; did you mean '--format'?");
  EXPECT_EQ(Declared().refusal({"--banana"}), "unknown option --banana");
  EXPECT_EQ(Declared().refusal({"-x"}), "unknown option -x");
  EXPECT_EQ(Declared().refusal({"--format", "cvs"}),
            "--format: expected one of auto, csv, jsonl, but got 'cvs'; did you mean 'csv'?");
}

TEST(OptionSet, RefusesWhatDoesNotAddUp) {
  EXPECT_EQ(Declared().refusal({"--user"}), "--user needs a value");
  EXPECT_EQ(Declared().refusal({"--user="}), "--user needs a value");
  EXPECT_EQ(Declared().refusal({"--verbose=yes"}), "--verbose takes no value");
  EXPECT_EQ(Declared().refusal({"-k", "3", "--k", "4"}), "-k is given more than once");
  OptionSet without_arguments;
  EXPECT_THROW(without_arguments.parse(std::vector<std::string>{"surplus"}), UsageError);
}

}  // namespace
}  // namespace infodiet::tools
