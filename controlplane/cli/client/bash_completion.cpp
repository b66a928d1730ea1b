#include <fmt/format.h>

#include "controlplane/cli/client/shell.hpp"
#include "controlplane/cli/client/shell_completions.hpp"

namespace balancer::controlplane::cli {
namespace {

// The words are those between blanks: bash itself cuts at "=" and ":" too. Nothing is given to compgen -W, which would
// evaluate it.
constexpr std::string_view kWalk = R"sh(@P_offer() {
  local each
  for each in "$@"; do
    [[ $each == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$each")")
  done
}

@P_offer_values() {
  local name
  case $kind in
    words) @P_offer "${choices[@]}" ;;
    files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$cur")
      ;;
    names) while IFS= read -r name; do @P_offer "$name"; done < <(@N get "${choices[0]}" -o name 2>/dev/null) ;;
  esac
}

@P() {
  local line=${COMP_LINE:0:COMP_POINT} words cur at='' option='' position=0 each kind choices verbs options lead
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:blank:]] ]] && words+=('')
  ((${#words[@]} < 2)) && return
  cur=${words[${#words[@]} - 1]}
  for each in "${words[@]:1:${#words[@]}-2}"; do
    if [[ -n $option ]]; then
      option=''
      continue
    fi
    case $each in
      --) return ;;
      --*=*) ;;
      -*)
        @P_source "$at" "$each"
        [[ -z $kind || $kind == none ]] || option=$each
        ;;
      *)
        @P_words "$at"
        if [[ " ${verbs[*]} " == *" $each "* ]]; then
          at=${at:+$at }$each
        else
          position=$((position + 1))
        fi
        ;;
    esac
  done

  @P_words "$at"
  if [[ -z $option && $cur == --*=* ]]; then
    @P_source "$at" "${cur%%=*}"
    [[ $COMP_WORDBREAKS == *=* ]] || lead=${cur%%=*}=
    cur=${cur#*=}
    @P_offer_values
    COMPREPLY=("${COMPREPLY[@]/#/$lead}")
  elif [[ -n $option ]]; then
    @P_source "$at" "$option"
    @P_offer_values
  elif [[ $cur == -* ]]; then
    @P_offer "${options[@]}"
  elif ((${#verbs[@]} > 0)); then
    @P_offer "${verbs[@]}"
  else
    @P_source "$at" "$position"
    @P_offer_values
  fi
  # Bash replaces only what stands behind the last colon.
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    lead=${cur%"${cur##*:}"}
    COMPREPLY=("${COMPREPLY[@]#"$lead"}")
  fi
}

complete -F @P @N
)sh";

std::string word_list(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : " ") + quoted(Shell::kBash, word);
  return list;
}

// A function PREFIX_words that sets the arrays `verbs` and `options` for the place $1.
std::string words_function(const std::string& prefix, const std::vector<CompletionPlace>& places) {
  std::string text = prefix + "_words() {\n  verbs=() options=()\n  case $1 in\n";
  for (const CompletionPlace& place : places) {
    std::vector<std::string> verbs;
    for (const CompletionWord& verb : place.subcommands) verbs.push_back(verb.text);
    std::vector<std::string> options;
    for (const CompletionOption& option : place.options) {
      options.insert(options.end(), option.names.begin(), option.names.end());
    }
    text += fmt::format("    {})\n      verbs=({})\n      options=({})\n      ;;\n", quoted(Shell::kBash, place.path),
                        word_list(verbs), word_list(options));
  }
  return text + "  esac\n}\n\n";
}

}  // namespace

std::string bash_completion(const std::string& program, const std::vector<CompletionPlace>& places) {
  const std::string prefix = "_" + program;
  return fmt::format("# Completion of {0} for bash: source <({0} completion bash)\n\n", program) +
         words_function(prefix, places) + source_function(prefix, places) +
         replace_all(replace_all(std::string(kWalk), "@P", prefix), "@N", program);
}

}  // namespace balancer::controlplane::cli
