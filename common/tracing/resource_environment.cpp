#include "common/tracing/resource_environment.hpp"

#include <utility>

#include "common/log/log.hpp"
#include "common/text/random_id.hpp"
#include "common/tracing/key_value_list.hpp"

namespace balancer::tracing {
namespace {

void set(Resource& resource, KeyValue attribute) {
  if (attribute.key == "service.name") {
    resource.service_name = std::move(attribute.value);
  } else if (attribute.key == "service.version") {
    resource.service_version = std::move(attribute.value);
  } else if (attribute.key == "service.instance.id") {
    resource.service_instance_id = std::move(attribute.value);
  } else {
    auto& all = resource.attributes;
    std::erase_if(all, [&](const Attribute& known) { return known.key == attribute.key; });
    all.push_back({std::move(attribute.key), std::move(attribute.value)});
  }
}

}  // namespace

Resource described_by(const Variables& variables, Resource program) {
  if (const auto text = variables.value("OTEL_RESOURCE_ATTRIBUTES")) {
    auto list = parse_key_value_list(*text);
    if (list) {
      for (KeyValue& attribute : *list) set(program, std::move(attribute));
    } else {
      log::warn("a tracing variable is passed over: it must be a list like key=value,key=value",
                {{"variable", "OTEL_RESOURCE_ATTRIBUTES"}});
    }
  }
  if (auto name = variables.value("OTEL_SERVICE_NAME")) program.service_name = *std::move(name);
  if (program.service_name.empty()) program.service_name = "unknown_service";
  if (program.service_instance_id.empty()) program.service_instance_id = make_random_id("");
  return program;
}

}  // namespace balancer::tracing
