// A unary call with a deadline that ends when the link does.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "gateway/controlplane_client/live_calls.hpp"

namespace balancer::gateway {

inline constexpr std::chrono::seconds kUnaryDeadline{5};

// `method(context, request, response, callback)` starts the call; `done(status, response)` is called once, on a gRPC
// thread, or at once when the link is going away. What is returned cancels the call; it may be called at any time, even
// when the call is over, but not on gRPC's threads.
template <class Response, class Request, class Method, class Done>
std::function<void()> start_unary_call(const std::shared_ptr<LiveCalls>& calls, Request request,
                                       std::chrono::milliseconds deadline, Method method, Done done) {
  struct Call {
    grpc::ClientContext context;
    Request request;
    Response response;
  };
  auto call = std::make_shared<Call>();
  call->request = std::move(request);
  call->context.set_deadline(std::chrono::system_clock::now() + deadline);
  if (!calls->add(call->context)) {
    done(grpc::Status(grpc::StatusCode::UNAVAILABLE, "shutting down"), call->response);
    return [] {};
  }
  const std::weak_ptr<Call> weak = call;
  method(&call->context, &call->request, &call->response,
         [call, calls, done = std::move(done)](const grpc::Status& status) mutable {
           {
             // Ends here with what it holds: whoever waits for the calls' end may then destroy what it works with.
             Done last = std::move(done);
             last(status, call->response);
           }
           // A finished call may be kept for long, and what it carried may be large.
           call->request = Request();
           call->response = Response();
           grpc::ClientContext& context = call->context;
           calls->retire(std::move(call), context);
         });
  return [weak] {
    if (const auto live = weak.lock()) live->context.TryCancel();
  };
}

}  // namespace balancer::gateway
