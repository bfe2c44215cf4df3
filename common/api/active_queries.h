// The queries that are being answered now; each can be cancelled.
//
//   ActiveQueries::Ticket ticket = active.Enter(ctx, request, origin);
//   engine.Instant(ticket.ctx(), …);                    // ends with Cancelled when somebody cancels it
//
// Threads:  all methods are safe from any thread; a ticket belongs to one.
// Owns:     a ticket leaves the list when it ends. The list outlives its tickets.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/answer.h"
#include "common/api/query_origin.h"
#include "common/api/query_request.h"
#include "common/base/clock.h"
#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/base/random.h"

namespace epi::api {

class ActiveQueries {
 public:
  explicit ActiveQueries(const Clock* clock = &Clock::System()) : clock_(clock), random_(Random::SystemSeed()) {}

  class Ticket {
   public:
    Ticket(ActiveQueries* queries, std::string id, Context ctx) : queries_(queries), id_(std::move(id)), ctx_(std::move(ctx)) {}
    ~Ticket() { queries_->Leave(id_); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    const Context& ctx() const { return ctx_; }

   private:
    ActiveQueries* const queries_;
    const std::string id_;
    const Context ctx_;
  };
  Ticket Enter(const Context& ctx, const QueryRequest& request, const QueryOrigin& origin);

  size_t size() const;
  // [{"id":…,"query":…,"start":…,"end":…,"step":…,"since":…,"runningFor":…,"client":…}], longest running first.
  Answer List() const;
  // Errors: NotFound when no query has that id (any more).
  Answer Cancel(std::string_view id) const;

 private:
  struct Entry {
    Context ctx;
    QueryRequest request;
    QueryOrigin origin;
    int64_t since_ms = 0;
  };
  void Leave(const std::string& id);

  const Clock* const clock_;
  mutable Mutex mutex_;
  Random random_ GUARDED_BY(mutex_);
  std::map<std::string, Entry, std::less<>> entries_ GUARDED_BY(mutex_);
};

}  // namespace epi::api
