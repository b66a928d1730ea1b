#include "common/upstream/tls_contexts.hpp"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include <boost/system/system_error.hpp>

#include "common/log/log.hpp"

namespace balancer {
namespace {

namespace ssl = boost::asio::ssl;

std::unique_ptr<ssl::context> make_context(const std::string& ca_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // An idle connection does not hold the buffers of a record.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  context->set_verify_mode(ssl::verify_peer);
  if (ca_file.empty()) {
    context->set_default_verify_paths();
  } else {
    context->load_verify_file(ca_file);
  }
  return context;
}

}  // namespace

ssl::context& TlsContexts::for_authorities(const std::string& ca_file) {
  const Stamp now = stamp_of(ca_file);
  const auto known = known_.find(ca_file);
  if (known == known_.end()) return *known_.emplace(ca_file, Known{make_context(ca_file), now}).first->second.context;
  if (now != known->second.seen) {
    known->second.seen = now;
    try {
      known->second.context = make_context(ca_file);
      log::info("a provider's authorities were read again", {{"ca_file", ca_file}});
    } catch (const boost::system::system_error& error) {
      log::error("a provider's changed authorities cannot be read; the former ones stay in use",
                 {{"ca_file", ca_file}, {"reason", error.code().message()}});
    }
  }
  return *known->second.context;
}

TlsContexts::Stamp TlsContexts::stamp_of(const std::string& file) {
  struct stat status {};
  if (file.empty() || ::stat(file.c_str(), &status) != 0) return {};
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .seconds = status.st_mtim.tv_sec,
          .nanoseconds = status.st_mtim.tv_nsec};
}

}  // namespace balancer
