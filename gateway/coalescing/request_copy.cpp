#include "gateway/coalescing/request_copy.hpp"

#include <cstring>
#include <string_view>
#include <utility>

namespace balancer::gateway {

RequestCopy::RequestCopy(const http::RequestHead& head, std::string request_id)
    : head_(head), request_id_(std::move(request_id)) {
  std::size_t size = head.method.size() + head.target.size() + head.query.size();
  for (const http::HeaderField& field : head.fields) size += field.name.size() + field.value.size();
  text_ = std::make_unique_for_overwrite<char[]>(size);
  char* next = text_.get();
  const auto keep = [&](std::string_view& view) {
    if (!view.empty()) std::memcpy(next, view.data(), view.size());
    view = {next, view.size()};
    next += view.size();
  };
  keep(head_.method);
  keep(head_.target);
  keep(head_.query);
  for (http::HeaderField& field : head_.fields) {
    keep(field.name);
    keep(field.value);
  }
}

}  // namespace balancer::gateway
