// A protobuf message for a fuzz target: as text, so that people can read the corpus, or as it goes over the wire.
#pragma once

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <string_view>

namespace balancer::fuzz {

// False when the input is neither.
[[nodiscard]] inline bool read_message(std::string_view input, google::protobuf::Message& message) {
  class Silence final : public google::protobuf::io::ErrorCollector {
    void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
    void AddWarning(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
  } silence;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&silence);
  if (parser.ParseFromString(std::string(input), &message)) return true;
  message.Clear();
  return message.ParseFromArray(input.data(), static_cast<int>(input.size()));
}

}  // namespace balancer::fuzz
