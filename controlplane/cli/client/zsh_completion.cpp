#include <fmt/format.h>

#include "controlplane/cli/client/shell.hpp"
#include "controlplane/cli/client/shell_completions.hpp"

namespace balancer::controlplane::cli {
namespace {

// `words` and CURRENT are zsh's: the command line, and which word of it is to be completed.
constexpr std::string_view kWalk = R"sh(@P_offer_values() {
  local -a names
  case $kind in
    words) compadd -- "${choices[@]}" ;;
    files) _files ;;
    names)
      names=("${(@f)$(@N get "${choices[1]}" -o name 2>/dev/null)}")
      compadd -- "${(@)names:#}"
      ;;
  esac
}

@P() {
  local at='' option='' kind='' each='' current="${words[CURRENT]}"
  local -a choices verbs verb_names options
  integer position=0
  for each in "${(@)words[2,CURRENT-1]}"; do
    if [[ -n $option ]]; then
      option=''
      continue
    fi
    case $each in
      --) return 1 ;;
      --*=*) ;;
      -*)
        @P_source "$at" "$each"
        [[ -z $kind || $kind == none ]] || option=$each
        ;;
      *)
        @P_words "$at"
        verb_names=("${(@)verbs%%:*}")
        if (( ${verb_names[(Ie)$each]} )); then
          at="${at:+$at }$each"
        else
          (( position += 1 ))
        fi
        ;;
    esac
  done

  @P_words "$at"
  if [[ -z $option && $current == --*=* ]]; then
    @P_source "$at" "${current%%=*}"
    compset -P '*='
    @P_offer_values
  elif [[ -n $option ]]; then
    @P_source "$at" "$option"
    @P_offer_values
  elif [[ $current == -* ]]; then
    _describe -o 'option' options
  elif (( ${#verbs} )); then
    _describe 'command' verbs
  else
    @P_source "$at" "$position"
    @P_offer_values
  fi
}

# As a file in $fpath, or by way of source.
if [[ ${funcstack[1]} == @P ]]; then
  @P "$@"
else
  compdef @P @N
fi
)sh";

// "name:description", as _describe wants it.
std::string described(std::string_view name, const std::string& description) {
  return quoted(Shell::kZsh, replace_all(std::string(name), ":", "\\:") + ":" + description);
}

// A function PREFIX_words that sets the arrays `verbs` and `options` for the place $1.
std::string words_function(const std::string& prefix, const std::vector<CompletionPlace>& places) {
  std::string text = prefix + "_words() {\n  verbs=() options=()\n  case $1 in\n";
  for (const CompletionPlace& place : places) {
    text += "    " + quoted(Shell::kZsh, place.path) + ")\n      verbs=(\n";
    for (const CompletionWord& verb : place.subcommands) {
      text += "        " + described(verb.text, verb.description) + "\n";
    }
    text += "      )\n      options=(\n";
    for (const CompletionOption& option : place.options) {
      for (const std::string& name : option.names) text += "        " + described(name, option.description) + "\n";
    }
    text += "      )\n      ;;\n";
  }
  return text + "  esac\n}\n\n";
}

}  // namespace

std::string zsh_completion(const std::string& program, const std::vector<CompletionPlace>& places) {
  const std::string prefix = "_" + program;
  return fmt::format("#compdef {0}\n# Completion of {0} for zsh: source <({0} completion zsh)\n\n", program) +
         words_function(prefix, places) + source_function(prefix, places) +
         replace_all(replace_all(std::string(kWalk), "@P", prefix), "@N", program);
}

}  // namespace balancer::controlplane::cli
