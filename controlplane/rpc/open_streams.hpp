// The long-lived calls that a server must end by itself when it shuts down: their clients never would.
#pragma once

#include <mutex>
#include <set>

namespace balancer::controlplane {

class OpenStream {
 public:
  virtual ~OpenStream() = default;
  // Ends the call with UNAVAILABLE once what is being written has been. May be called more than once.
  virtual void end() = 0;
};

// Thread-safe. A stream is listed from construction to destruction of its Entry.
class OpenStreams {
 public:
  class Entry {
   public:
    Entry(OpenStreams& streams, OpenStream& stream);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    OpenStreams& streams_;
    OpenStream& stream_;
  };

  // Ends those that are open, and at once every one that is opened later.
  void end_all();

 private:
  std::mutex mutex_;
  std::set<OpenStream*> streams_;
  bool ending_ = false;
};

}  // namespace balancer::controlplane
