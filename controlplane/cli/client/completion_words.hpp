// What may stand where on a command line, read off CLI11's tree.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace balancer::controlplane::cli {

// Where the words for one value come from.
struct ValueSource {
  enum class Kind {
    // There is no value: a flag.
    kNone,
    // Anything, so that nothing can be offered.
    kAny,
    kWords,
    kFiles,
    // The names that `PROGRAM get NOUN -o name` prints.
    kNames,
  };
  Kind kind = Kind::kAny;
  std::vector<std::string> words;
  std::string noun;

  friend auto operator<=>(const ValueSource&, const ValueSource&) = default;
};

struct CompletionOption {
  // "-o", "--output".
  std::vector<std::string> names;
  std::string description;
  ValueSource value;

  friend auto operator<=>(const CompletionOption&, const CompletionOption&) = default;
};

struct CompletionWord {
  std::string text;
  std::string description;
};

// One place in the tree.
struct CompletionPlace {
  // The subcommands that lead to it: "", "get", "get providers".
  std::string path;
  std::vector<CompletionWord> subcommands;
  // Those of the places above included where the tree lets them fall through.
  std::vector<CompletionOption> options;
  std::vector<ValueSource> positionals;
};

// All places, the root first. Hidden subcommands and options (those of the group "") are left out. Fixed sets of values
// are those of a CLI::IsMember, or of a type name such as "bash|zsh|fish"; a type name FILE stands for files, PROVIDER,
// GATEWAY and REQUEST for names.
[[nodiscard]] std::vector<CompletionPlace> completion_places(const CLI::App& app);

}  // namespace balancer::controlplane::cli
