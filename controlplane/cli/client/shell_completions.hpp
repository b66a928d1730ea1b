// Each shell's way of saying what may stand where.
#pragma once

#include <string>
#include <vector>

#include "controlplane/cli/client/completion_words.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] std::string bash_completion(const std::string& program, const std::vector<CompletionPlace>& places);
[[nodiscard]] std::string zsh_completion(const std::string& program, const std::vector<CompletionPlace>& places);
[[nodiscard]] std::string fish_completion(const std::string& program, const std::vector<CompletionPlace>& places);

// In bash and zsh: a function PREFIX_source that sets `kind` (none, any, words, files, names; empty for no such option)
// and the array `choices` for the value of $2, an option or the number of a positional counted from 0, at the place $1.
[[nodiscard]] std::string source_function(const std::string& prefix, const std::vector<CompletionPlace>& places);

// `text` with every `from` replaced.
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

}  // namespace balancer::controlplane::cli
