// How many connections may be open at once.
#pragma once

#include "common/async/places.hpp"

namespace balancer::http {

// Of one server, or of several that share them.
struct ConnectionPlaces {
  Places served;
  // Of those that are one too many: while they are told so. Yet another one is closed without a word: a flood is owed no
  // more.
  Places turned_away;
};

}  // namespace balancer::http
