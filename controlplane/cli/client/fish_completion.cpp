#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "controlplane/cli/client/shell.hpp"
#include "controlplane/cli/client/shell_completions.hpp"

namespace balancer::controlplane::cli {
namespace {

// @P_state prints the place and the number of positionals before the cursor, and nothing behind "--".
constexpr std::string_view kWalk = R"fish(function @P_state
    set -l words (commandline -opc)
    set -l at ''
    set -l option ''
    set -l position 0
    for word in $words[2..-1]
        if test -n "$option"
            set option ''
            continue
        end
        switch $word
            case --
                return
            case '--*=*'
            case '-*'
                contains -- "$at/$word" $@P_valued
                and set option $word
            case '*'
                set -l deeper (string trim -- "$at $word")
                if contains -- $deeper $@P_places
                    set at $deeper
                else
                    set position (math $position + 1)
                end
        end
    end
    printf '%s\n' $at $position
end

function @P_at
    set -l state (@P_state)
    test (count $state) -eq 2
    and contains -- "$state[1]" $argv
end

function @P_position
    set -l state (@P_state)
    test (count $state) -eq 2
    and test "$state[1]" = "$argv[1]"
    and test $state[2] -eq $argv[2]
end

complete -c @N -e
complete -c @N -f
)fish";

std::string word(std::string_view text) { return quoted(Shell::kFish, text); }

std::string words(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += " " + word(text);
  return list;
}

// What `complete` is told of a value. An argument of -a is taken apart, and commands in it are run, once more.
std::string value_flags(const std::string& program, const ValueSource& source) {
  switch (source.kind) {
    case ValueSource::Kind::kNone: return "";
    case ValueSource::Kind::kAny: return " -x";
    case ValueSource::Kind::kFiles: return " -r -F";
    case ValueSource::Kind::kNames:
      return fmt::format(" -x -a {}", word(fmt::format("({} get {} -o name 2>/dev/null)", program, source.noun)));
    case ValueSource::Kind::kWords: return " -x -a " + word(words(source.words).substr(1));
  }
  return {};
}

std::string option_flags(const CompletionOption& option) {
  std::string flags;
  for (const std::string& name : option.names) {
    flags += name.starts_with("--") ? " -l " + word(name.substr(2)) : " -s " + word(name.substr(1));
  }
  return flags;
}

// Options that are the same in several places are told once, with all of these.
std::string option_lines(const std::string& program, const std::string& prefix,
                         const std::vector<CompletionPlace>& places) {
  std::vector<std::pair<CompletionOption, std::vector<std::string>>> grouped;
  for (const CompletionPlace& place : places) {
    for (const CompletionOption& option : place.options) {
      auto known = std::find_if(grouped.begin(), grouped.end(), [&](const auto& each) { return each.first == option; });
      if (known == grouped.end()) known = grouped.insert(grouped.end(), {option, {}});
      known->second.push_back(place.path);
    }
  }
  std::string text;
  for (const auto& [option, paths] : grouped) {
    text += fmt::format("complete -c {} -n {}{}{} -d {}\n", program, word(prefix + "_at" + words(paths)),
                        option_flags(option), value_flags(program, option.value), word(option.description));
  }
  return text;
}

std::string place_lines(const std::string& program, const std::string& prefix, const CompletionPlace& place) {
  std::string text;
  const std::string here = word(prefix + "_at " + word(place.path));
  for (const CompletionWord& verb : place.subcommands) {
    text += fmt::format("complete -c {} -n {} -a {} -d {}\n", program, here, word(word(verb.text)),
                        word(verb.description));
  }
  for (std::size_t i = 0; i < place.positionals.size(); ++i) {
    const ValueSource& source = place.positionals[i];
    if (source.kind == ValueSource::Kind::kAny) continue;
    const std::string at = word(fmt::format("{}_position {} {}", prefix, word(place.path), i));
    const std::string flags = value_flags(program, source);
    // -x and -r are for options.
    text += fmt::format("complete -c {} -n {}{}\n", program, at, flags.substr(flags.find(" -", 1)));
  }
  return text;
}

// What @P_state needs to know.
std::string variables(const std::string& prefix, const std::vector<CompletionPlace>& places) {
  std::vector<std::string> paths;
  std::vector<std::string> valued;
  for (const CompletionPlace& place : places) {
    paths.push_back(place.path);
    for (const CompletionOption& option : place.options) {
      if (option.value.kind == ValueSource::Kind::kNone) continue;
      for (const std::string& name : option.names) valued.push_back(place.path + "/" + name);
    }
  }
  return fmt::format("set -g {0}_places{1}\nset -g {0}_valued{2}\n\n", prefix, words(paths), words(valued));
}

}  // namespace

std::string fish_completion(const std::string& program, const std::vector<CompletionPlace>& places) {
  const std::string prefix = "__" + program;
  std::string text = fmt::format("# Completion of {0} for fish: {0} completion fish | source\n\n", program);
  text += variables(prefix, places) + replace_all(replace_all(std::string(kWalk), "@P", prefix), "@N", program);
  for (const CompletionPlace& place : places) text += place_lines(program, prefix, place);
  return text + option_lines(program, prefix, places);
}

}  // namespace balancer::controlplane::cli
