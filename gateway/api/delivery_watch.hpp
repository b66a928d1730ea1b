// Notices, while a client waits for an answer that others make, that it has left or is to leave.
#pragma once

#include "common/http/exchange.hpp"
#include "gateway/coalescing/answer_reader.hpp"

namespace balancer::gateway {

// From construction to destruction; the references outlive it. Wakes the reader.
class DeliveryWatch {
 public:
  DeliveryWatch(http::Exchange& exchange, AnswerReader& reader) : exchange_(exchange), reader_(reader) {
    exchange_.watch_client([this] {
      ending_ = !exchange_.client_gone();
      // A last word is the maker's to say.
      if (ending_) reader_.ask_maker_to_end();
      reader_.wake();
    });
  }
  ~DeliveryWatch() { exchange_.stop_watching(); }
  DeliveryWatch(const DeliveryWatch&) = delete;
  DeliveryWatch& operator=(const DeliveryWatch&) = delete;

  // The process shuts down.
  [[nodiscard]] bool ending() const { return ending_; }

 private:
  http::Exchange& exchange_;
  AnswerReader& reader_;
  bool ending_ = false;
};

}  // namespace balancer::gateway
