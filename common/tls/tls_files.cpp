#include "common/tls/tls_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <cerrno>
#include <ctime>
#include <memory>
#include <system_error>

#include "common/async/asio.hpp"

namespace balancer::tls {
namespace {

namespace ssl = boost::asio::ssl;

// A bundle of all public authorities has a quarter of it.
constexpr std::size_t kMaxFileBytes = 1024 * 1024;

struct Content {
  std::string bytes;
  bool widely_readable = false;
};

Error unusable(const std::string& file, std::string_view reason) {
  return {ErrorCode::kInvalidRequest, fmt::format("{}: {}", file, reason), {}};
}

Error failed_call(const std::string& file) {
  return unusable(file, "cannot be read: " + std::error_code(errno, std::generic_category()).message());
}

Result<Content> read(const std::string& file) {
  const auto close_file = [](const int* descriptor) { ::close(*descriptor); };
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return failed_call(file);
  const std::unique_ptr<const int, decltype(close_file)> closed_at_end(&descriptor, close_file);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return failed_call(file);
  if (!S_ISREG(status.st_mode)) return unusable(file, "cannot be read: it is not a regular file");

  Content content;
  content.widely_readable = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
  char part[16 * 1024];
  while (true) {
    const ssize_t got = ::read(descriptor, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed_call(file);
    if (got == 0) return content;
    content.bytes.append(part, static_cast<std::size_t>(got));
    if (content.bytes.size() > kMaxFileBytes) return unusable(file, "is too large for certificates");
  }
}

std::chrono::sys_seconds end_of(const X509* certificate) {
  std::tm end{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end);
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&end)));
}

std::optional<std::chrono::sys_seconds> first_expiry(const std::string& chain) {
  using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  const Bio bio(BIO_new_mem_buf(chain.data(), static_cast<int>(chain.size())), &BIO_free);
  std::optional<std::chrono::sys_seconds> first;
  while (true) {
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    if (!certificate) break;
    const auto end = end_of(certificate.get());
    first = first ? std::min(*first, end) : end;
  }
  ERR_clear_error();
  return first;
}

Result<void> read_identity(const Files& files, ssl::context& context, Material& material) {
  auto chain = read(files.certificate);
  if (!chain) return chain.error();
  auto key = read(files.key);
  if (!key) return key.error();
  boost::system::error_code error;
  context.use_certificate_chain(asio::buffer(chain->bytes), error);
  if (error) return unusable(files.certificate, "is no PEM certificate: " + error.message());
  context.use_private_key(asio::buffer(key->bytes), ssl::context::pem, error);
  if (error) {
    return unusable(files.key, fmt::format("is no PEM key without a passphrase that belongs to {}: {}", files.certificate,
                                           error.message()));
  }
  material.expiry = first_expiry(chain->bytes);
  material.certificate_chain = std::move(chain->bytes);
  material.key_widely_readable = key->widely_readable;
  material.private_key = Secret(std::move(key->bytes));
  return {};
}

}  // namespace

Result<Material> load(const Files& files) {
  Material material;
  ssl::context context(ssl::context::tls);
  // Nobody is there to be asked for a passphrase.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
  if (!files.certificate.empty()) {
    if (const Result<void> identity = read_identity(files, context, material); !identity) return identity.error();
  }
  if (!files.authorities.empty()) {
    auto authorities = read(files.authorities);
    if (!authorities) return authorities.error();
    boost::system::error_code error;
    context.add_certificate_authority(asio::buffer(authorities->bytes), error);
    if (error || !first_expiry(authorities->bytes)) return unusable(files.authorities, "holds no PEM certificates");
    material.authorities = std::move(authorities->bytes);
  }
  return material;
}

}  // namespace balancer::tls
