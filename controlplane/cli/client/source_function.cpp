// The part of a completion script that bash and zsh share.
#include <fmt/format.h>

#include <map>

#include "controlplane/cli/client/shell.hpp"
#include "controlplane/cli/client/shell_completions.hpp"

namespace balancer::controlplane::cli {
namespace {

// Both shells quote alike.
std::string quoted_word(std::string_view word) { return quoted(Shell::kBash, word); }

std::string assignment(const ValueSource& source) {
  switch (source.kind) {
    case ValueSource::Kind::kNone: return "kind=none";
    case ValueSource::Kind::kAny: return "kind=any";
    case ValueSource::Kind::kFiles: return "kind=files";
    case ValueSource::Kind::kNames: return "kind=names choices=(" + quoted_word(source.noun) + ")";
    case ValueSource::Kind::kWords: break;
  }
  std::string words;
  for (const std::string& word : source.words) words += (words.empty() ? "" : " ") + quoted_word(word);
  return "kind=words choices=(" + words + ")";
}

}  // namespace

std::string source_function(const std::string& prefix, const std::vector<CompletionPlace>& places) {
  std::map<ValueSource, std::string> patterns;
  const auto add = [&](const CompletionPlace& place, const std::string& key, const ValueSource& source) {
    std::string& pattern = patterns[source];
    pattern += (pattern.empty() ? "" : " | \\\n      ") + quoted_word(place.path + "/" + key);
  };
  for (const CompletionPlace& place : places) {
    for (const CompletionOption& option : place.options) {
      for (const std::string& name : option.names) add(place, name, option.value);
    }
    for (std::size_t i = 0; i < place.positionals.size(); ++i) add(place, std::to_string(i), place.positionals[i]);
  }

  std::string text = prefix + "_source() {\n  kind='' choices=()\n  case \"$1/$2\" in\n";
  for (const auto& [source, pattern] : patterns) text += fmt::format("    {}) {} ;;\n", pattern, assignment(source));
  return text + "  esac\n}\n\n";
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace balancer::controlplane::cli
