// Whether, and how, words are coloured.
#pragma once

#include <string>
#include <string_view>

namespace balancer::controlplane::cli {

enum class Coloring { kPlain, kColored };

// Colours are for terminals, and for nobody who sets NO_COLOR (no-color.org).
[[nodiscard]] Coloring coloring_of_stdout();
[[nodiscard]] bool stdout_is_terminal();

// A word that says how something is ("healthy", "cooling (2 models cooling)", "200", "success") in its colour; any other
// text, and every text under kPlain, as it is.
[[nodiscard]] std::string colored_state(std::string_view text, Coloring coloring);

}  // namespace balancer::controlplane::cli
