// Whether and how requests that ask the same share one answer.
#pragma once

#include <chrono>

namespace balancer {

struct ResponseSharing {
  // Requests join one that is under way.
  bool coalescing = true;
  // Answers are stored for later requests.
  bool caching = false;
  // max_tokens is part of what makes requests the same. Otherwise an answer is shared with requests for more or fewer
  // tokens if it was not cut short and is not too long for them.
  bool include_max_tokens = false;
  // Answers that max_tokens cut short may be stored: for requests with the same limit.
  bool store_truncated = false;
  // How long an answer that nobody waits for any more goes on being made, and is kept: a client's own retry finds it.
  std::chrono::milliseconds linger{10'000};
  // How long a request waits for the answer of another before it asks for its own.
  std::chrono::milliseconds join_timeout{180'000};

  // Whether requests must agree in max_tokens to be the same.
  [[nodiscard]] bool max_tokens_matter() const { return include_max_tokens || store_truncated; }

  friend bool operator==(const ResponseSharing&, const ResponseSharing&) = default;
};

}  // namespace balancer
