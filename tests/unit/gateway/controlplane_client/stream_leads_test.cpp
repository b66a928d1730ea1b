#include "gateway/controlplane_client/stream_leads.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

RequestSignature named(std::uint8_t name) {
  RequestSignature signature;
  signature.digest.fill(name);
  return signature;
}

TEST(StreamLeadsTest, ALeadEndsOnce) {
  StreamLeads leads;
  leads.begin(named(1));
  EXPECT_TRUE(leads.contains(named(1)));
  EXPECT_FALSE(leads.contains(named(2)));

  EXPECT_TRUE(leads.end(named(1)));
  EXPECT_FALSE(leads.end(named(1)));
  EXPECT_FALSE(leads.end(named(2)));
  EXPECT_FALSE(leads.contains(named(1)));
}

TEST(StreamLeadsTest, TheEndOfALeadOfAFormerStreamIsNotTold) {
  StreamLeads leads;
  leads.begin(named(1));
  leads.end_stream();
  EXPECT_FALSE(leads.contains(named(1)));
  leads.begin(named(1));

  EXPECT_FALSE(leads.end(named(1))) << "the former stream's end has ended it";
  EXPECT_TRUE(leads.contains(named(1)));
  EXPECT_TRUE(leads.end(named(1)));
}

}  // namespace
}  // namespace balancer::gateway
