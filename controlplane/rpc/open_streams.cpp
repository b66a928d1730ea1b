#include "controlplane/rpc/open_streams.hpp"

namespace balancer::controlplane {

OpenStreams::Entry::Entry(OpenStreams& streams, OpenStream& stream) : streams_(streams), stream_(stream) {
  const std::lock_guard lock(streams_.mutex_);
  streams_.streams_.insert(&stream_);
  if (streams_.ending_) stream_.end();
}

OpenStreams::Entry::~Entry() {
  const std::lock_guard lock(streams_.mutex_);
  streams_.streams_.erase(&stream_);
}

void OpenStreams::end_all() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  for (OpenStream* stream : streams_) stream->end();
}

}  // namespace balancer::controlplane
