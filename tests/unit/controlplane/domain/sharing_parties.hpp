// Those who lead and those who wait, as tests see them; and what they share.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/answer_waiter.hpp"
#include "controlplane/domain/lead_owner.hpp"

namespace balancer::controlplane {

inline RequestSignature signature(std::uint32_t number) {
  RequestSignature signature;
  std::memcpy(signature.digest.data(), &number, sizeof number);
  return signature;
}

inline SharedAnswer answer_of(const std::string& provider, std::int64_t output_token_count = 10) {
  return std::make_shared<StoredAnswer>(StoredAnswer{.message = R"({"from":")" + provider + R"("})",
                                                     .provider = provider,
                                                     .upstream_model = "model-at-" + provider,
                                                     .input_token_count = 100,
                                                     .output_token_count = output_token_count});
}

class RecordingOwner final : public LeadOwner {
 public:
  void on_wanted(const RequestSignature& signature) override { wanted.push_back(signature); }

  std::vector<RequestSignature> wanted;
};

class RecordingWaiter final : public AnswerWaiter {
 public:
  void on_answer(const SharedAnswer& given) override {
    ++told_count;
    answer = given;
  }

  int told_count = 0;
  SharedAnswer answer;
};

}  // namespace balancer::controlplane
