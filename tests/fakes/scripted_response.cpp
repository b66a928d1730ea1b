#include "tests/fakes/scripted_response.hpp"

#include <strings.h>

#include <boost/beast/http/status.hpp>
#include <utility>

namespace balancer::fakes {
namespace {

std::string usual_reason(int status) {
  const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return std::string(reason.data(), reason.size());
}

}  // namespace

ScriptedResponse& ScriptedResponse::status(int code, std::string reason) {
  status_ = code;
  reason_ = std::move(reason);
  return *this;
}

ScriptedResponse& ScriptedResponse::header(std::string name, std::string value) {
  headers_.append(std::move(name), std::move(value));
  return *this;
}

ScriptedResponse& ScriptedResponse::chunked() {
  framing_ = Framing::kChunked;
  return *this;
}

ScriptedResponse& ScriptedResponse::until_close() {
  framing_ = Framing::kUntilClose;
  return *this;
}

ScriptedResponse& ScriptedResponse::content_length(std::size_t claimed) {
  framing_ = Framing::kContentLength;
  claimed_length_ = claimed;
  return *this;
}

ScriptedResponse& ScriptedResponse::in_pieces_of(std::size_t bytes, std::chrono::milliseconds gap) {
  piece_size_ = bytes;
  gap_ = gap;
  return *this;
}

ScriptedResponse& ScriptedResponse::send_headers() {
  steps_.emplace_back(SendHeaders{});
  return *this;
}

ScriptedResponse& ScriptedResponse::send(std::string part) {
  steps_.emplace_back(SendPart{std::move(part)});
  return *this;
}

ScriptedResponse& ScriptedResponse::send_raw(std::string bytes, std::size_t times) {
  steps_.emplace_back(SendRaw{std::move(bytes), times});
  return *this;
}

ScriptedResponse& ScriptedResponse::pause(std::chrono::milliseconds length) {
  steps_.emplace_back(Pause{length});
  return *this;
}

ScriptedResponse& ScriptedResponse::hold(std::shared_ptr<Latch> until) {
  steps_.emplace_back(Hold{std::move(until)});
  return *this;
}

ScriptedResponse& ScriptedResponse::reset() {
  steps_.emplace_back(End{Ending::kReset});
  return *this;
}

ScriptedResponse& ScriptedResponse::close() {
  steps_.emplace_back(End{Ending::kClose});
  return *this;
}

ScriptedResponse& ScriptedResponse::hang() {
  steps_.emplace_back(End{Ending::kHang});
  return *this;
}

ScriptedResponse& ScriptedResponse::after(std::chrono::milliseconds delay) {
  steps_.insert(steps_.begin(), Pause{delay});
  return *this;
}

ScriptedResponse& ScriptedResponse::after(std::shared_ptr<Latch> latch) {
  steps_.insert(steps_.begin(), Hold{std::move(latch)});
  return *this;
}

ScriptedResponse& ScriptedResponse::hold_part(std::size_t index, std::shared_ptr<Latch> until) {
  for (auto step = steps_.begin(); step != steps_.end(); ++step) {
    if (!std::holds_alternative<SendPart>(*step) || index-- > 0) continue;
    steps_.insert(step, Hold{std::move(until)});
    return *this;
  }
  return hold(std::move(until));
}

ScriptedResponse& ScriptedResponse::keep_parts(std::size_t count) {
  std::size_t bytes = 0;
  for (const Step& step : steps_) {
    const auto* const part = std::get_if<SendPart>(&step);
    if (part == nullptr) continue;
    if (count-- == 0) break;
    bytes += part->bytes.size();
  }
  return keep_bytes(bytes);
}

ScriptedResponse& ScriptedResponse::keep_bytes(std::size_t count) {
  if (!claimed_length_) claimed_length_ = body().size();
  for (auto step = steps_.begin(); step != steps_.end(); ++step) {
    auto* const part = std::get_if<SendPart>(&*step);
    if (part == nullptr) continue;
    if (part->bytes.size() <= count) {
      count -= part->bytes.size();
      continue;
    }
    part->bytes.resize(count);
    steps_.erase(count > 0 ? step + 1 : step, steps_.end());
    break;
  }
  return *this;
}

std::string ScriptedResponse::head() const {
  const std::string reason = reason_.empty() ? usual_reason(status_) : reason_;
  std::string text = "HTTP/1.1 " + std::to_string(status_) + ' ' + reason;
  text += "\r\n";
  for (const auto& [name, value] : headers_) text += name + ": " + value + "\r\n";
  switch (framing_) {
    case Framing::kContentLength:
      text += "Content-Length: " + std::to_string(claimed_length_.value_or(body().size())) + "\r\n";
      break;
    case Framing::kChunked:
      text += "Transfer-Encoding: chunked\r\n";
      break;
    case Framing::kUntilClose:
      break;
  }
  return text + "\r\n";
}

bool ScriptedResponse::closes_at_end() const {
  const std::string connection = headers_.value("connection").value_or("");
  return framing_ == Framing::kUntilClose || ::strcasecmp(connection.c_str(), "close") == 0;
}

std::string ScriptedResponse::body() const {
  std::string joined;
  for (const Step& step : steps_) {
    if (const auto* const part = std::get_if<SendPart>(&step)) joined += part->bytes;
  }
  return joined;
}

}  // namespace balancer::fakes
