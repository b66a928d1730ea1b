#include "gateway/dialect/signature/header_signature.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/ascii.hpp"
#include "gateway/dialect/signature/volatile_parts.hpp"

namespace balancer::gateway {
namespace {

using Fields = std::span<const http::HeaderField>;

constexpr std::string_view kBeta = "anthropic-beta";

template <class OnItem>
void for_each_list_item(std::string_view list, OnItem&& on_item) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (const std::string_view item = trim_blanks(list.substr(0, comma)); !item.empty()) on_item(item);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// "Connection:" names it: it ends at the gateway, and the provider is asked another question.
bool is_kept_back(std::string_view name, Fields fields) {
  bool found = false;
  for (const http::HeaderField& field : fields) {
    if (!ascii_iequal(field.name, "connection")) continue;
    for_each_list_item(field.value, [&](std::string_view item) { found = found || ascii_iequal(item, name); });
  }
  return found;
}

std::string_view fate_of(std::string_view name, Fields fields) { return is_kept_back(name, fields) ? "kept" : "sent"; }

// `left` and `right` are elements of one array: lines of one header keep their order.
bool name_before(const http::HeaderField* left, const http::HeaderField* right) {
  const auto order = std::lexicographical_compare_three_way(
      left->name.begin(), left->name.end(), right->name.begin(), right->name.end(),
      [](char a, char b) { return ascii_lower(a) <=> ascii_lower(b); });
  return order != 0 ? order < 0 : left < right;
}

}  // namespace

void add_headers(SignatureBuilder& builder, Fields fields) {
  std::vector<const http::HeaderField*> counted;
  std::vector<std::string_view> betas;
  counted.reserve(fields.size());
  for (const http::HeaderField& field : fields) {
    if (ascii_iequal(field.name, kBeta)) {
      for_each_list_item(field.value, [&](std::string_view beta) { betas.push_back(beta); });
    } else if (!is_volatile_header(field.name)) {
      counted.push_back(&field);
    }
  }
  std::sort(counted.begin(), counted.end(), name_before);
  std::sort(betas.begin(), betas.end());
  betas.erase(std::unique(betas.begin(), betas.end()), betas.end());

  builder.add(std::to_string(counted.size()));
  for (const http::HeaderField* field : counted) {
    builder.add(ascii_lower(field->name));
    builder.add(fate_of(field->name, fields));
    builder.add(field->value);
  }
  builder.add(std::to_string(betas.size()));
  if (!betas.empty()) builder.add(fate_of(kBeta, fields));
  for (const std::string_view beta : betas) builder.add(beta);
}

}  // namespace balancer::gateway
