// Ten thousand requests of three gateways over four providers that come and go: whatever happens, the promises of routing
// hold at every decision and every report.
#include <array>
#include <cmath>
#include <map>
#include <queue>
#include <random>
#include <set>

#include "common/log/log.hpp"
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;
using Duration = std::chrono::microseconds;

constexpr int kRequests = 10'000;
constexpr int kSessions = 80;
const std::vector<std::string> kProviders = {"a", "b", "c", "d"};

// How a provider behaves for a while.
enum class Mood { kWell, kRefuses, kHangs, kLimitsAll, kLimitsModel, kCount };

// One seeded life of a provider: mostly well, now and then not.
class FlappingProvider {
 public:
  explicit FlappingProvider(std::uint32_t seed) : dice_(seed) {}

  Mood mood_at(Clock::TimePoint now) {
    while (now >= until_) {
      const bool was_well = mood_ == Mood::kWell;
      mood_ = was_well ? static_cast<Mood>(1 + dice_() % (static_cast<unsigned>(Mood::kCount) - 1)) : Mood::kWell;
      until_ = std::max(until_, now) + std::chrono::seconds(was_well ? 5 + dice_() % 40 : 20 + dice_() % 80);
    }
    return mood_;
  }

 private:
  std::minstd_rand dice_;
  Mood mood_ = Mood::kWell;
  Clock::TimePoint until_{};
};

struct Gateway {
  AttemptLedger ledger;
  // Grows when the gateway loses its stream: what was under way is not reported any more.
  int life = 0;
};

struct Request {
  std::size_t gateway = 0;
  int life = 0;
  std::string session;
  std::vector<std::string> candidates;
  std::size_t attempt = 0;
  bool probe = false;
  Clock::TimePoint began;
};

struct Event {
  Clock::TimePoint at;
  int order = 0;
  Request request;
  AttemptReport report;

  friend bool operator<(const Event& a, const Event& b) { return std::tie(a.at, a.order) > std::tie(b.at, b.order); }
};

class SimulationTest : public ControlPlaneFixture {
 protected:
  void SetUp() override {
    log::Settings quiet;
    quiet.level = log::Level::kError;
    log::configure(quiet);
    serve(sample_config(kProviders, routing::SelectionStrategy::kRoundRobin));
  }

  std::map<std::string, ProviderStatus> statuses() {
    std::map<std::string, ProviderStatus> result;
    for (ProviderStatus& status : control_plane_->provider_statuses()) result.emplace(status.provider, status);
    return result;
  }
  // It, and the one model of it.
  static bool is_well(const ProviderStatus& status) {
    return status.state == ProviderStatus::State::kHealthy && status.cooling_models.empty();
  }

  void advance_to(Clock::TimePoint at) { clock_.advance(at - clock_.now()); }

  void decide_one() {
    const auto before = statuses();
    Request request;
    request.gateway = dice_() % gateways_.size();
    Gateway& gateway = gateways_[request.gateway];
    request.life = gateway.life;
    if (dice_() % 2 == 0) request.session = "session " + std::to_string(dice_() % kSessions);
    const Decision decision = control_plane_->decide(query(request.session), gateway.ledger);
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision.outcome);
    ASSERT_NE(plan, nullptr);
    for (const routing::Candidate& candidate : plan->candidates) request.candidates.push_back(kProviders[candidate.provider]);
    request.probe = plan->candidates.front().probe;
    check_candidates(*plan, before);
    check_session(request, before);
    check_turns(request, *plan, before);
    if (request.probe) {
      EXPECT_TRUE(probes_out_.emplace(request.candidates.front(), request.gateway).second) << "two probes at once";
      ++probe_count_;
    }
    begin_attempt(std::move(request));
  }

  // Nobody who cools is asked, but by its probe, or as a last resort when nobody is well.
  static void check_candidates(const routing::AttemptPlan& plan, const std::map<std::string, ProviderStatus>& before) {
    bool anybody_well = false;
    for (const auto& [name, status] : before) anybody_well = anybody_well || is_well(status);
    std::set<std::size_t> seen;
    for (const routing::Candidate& candidate : plan.candidates) {
      const bool well = is_well(before.at(kProviders[candidate.provider]));
      EXPECT_EQ(well, !candidate.probe && !candidate.last_resort);
      EXPECT_FALSE(candidate.last_resort && anybody_well);
      EXPECT_TRUE(seen.insert(candidate.provider).second);
    }
  }

  // A session keeps its provider while that is well.
  void check_session(const Request& request, const std::map<std::string, ProviderStatus>& before) {
    if (request.session.empty()) return;
    std::string& home = homes_[request.session];
    kept_home_ = !home.empty() && is_well(before.at(home));
    if (kept_home_) {
      EXPECT_EQ(request.candidates.front(), home);
    }
    home = request.candidates.front();
  }

  // Among those that are well all the while, turns are within one of even.
  void check_turns(const Request& request, const routing::AttemptPlan& plan,
                   const std::map<std::string, ProviderStatus>& before) {
    std::set<std::string> present;
    for (const auto& [name, status] : before) {
      if (is_well(status)) present.insert(name);
    }
    // One that warms up comes last: it is only half there.
    const bool in_turn = !present.empty() && !plan.candidates.front().probe;
    if (present != present_ || (in_turn && warming_.contains(request.candidates.front()))) turns_.clear();
    present_ = present;
    const bool kept = !request.session.empty() && kept_home_;
    if (!in_turn || kept) return;
    if (!warming_.empty()) {
      turns_.clear();
      return;
    }
    ++turns_[request.candidates.front()];
    int total = 0;
    for (const auto& [name, count] : turns_) total += count;
    for (const std::string& name : present) {
      EXPECT_LE(std::abs(turns_[name] - double(total) / double(present.size())), 1.0) << name;
    }
    ++checked_turns_;
  }

  void begin_attempt(Request request) {
    request.began = clock_.now();
    const std::string& provider = request.candidates[request.attempt];
    AttemptReport report = attempt_report(provider, AttemptOutcome::kSuccess, request.probe && request.attempt == 0);
    Duration first_byte = Duration(50'000 + dice_() % 1'000'000);
    Duration total = first_byte + Duration(dice_() % 4'000'000);
    switch (lives_.at(provider).mood_at(clock_.now())) {
      case Mood::kRefuses:
        report.outcome = AttemptOutcome::kTransient;
        total = 5ms;
        break;
      case Mood::kHangs:
        report.outcome = AttemptOutcome::kTimeout;
        total = 20s;
        break;
      case Mood::kLimitsAll:
        report.outcome = AttemptOutcome::kRateLimited;
        report.retry_delay = 7s;
        total = 60ms;
        break;
      case Mood::kLimitsModel:
        report.outcome = AttemptOutcome::kRateLimited;
        total = 60ms;
        break;
      default:
        if (dice_() % 30 == 0) {
          report.outcome = AttemptOutcome::kClientGone;
          total = Duration(dice_() % total.count());
        } else {
          report.time_to_first_byte = first_byte;
        }
    }
    if (report.probe && report.outcome == AttemptOutcome::kSuccess) {
      AttemptReport answering = report;
      answering.outcome = AttemptOutcome::kAnswering;
      answering.total_time = first_byte;
      events_.push({clock_.now() + first_byte, ++order_, request, answering});
    }
    report.total_time = total;
    const Clock::TimePoint end = clock_.now() + total;
    events_.push({end, ++order_, std::move(request), std::move(report)});
  }

  void run_event() {
    Event event = events_.top();
    events_.pop();
    advance_to(event.at);
    Request& request = event.request;
    Gateway& gateway = gateways_[request.gateway];
    if (request.life != gateway.life) return;
    AttemptReport& report = event.report;
    const bool failed = is_provider_failure(report.outcome);
    const bool moves_on = failed && request.attempt + 1 < std::min<std::size_t>(4, request.candidates.size());
    if (moves_on) report.next_provider = request.candidates[request.attempt + 1];
    if (report.outcome == AttemptOutcome::kSuccess && request.attempt > 0 && !request.session.empty()) {
      report.session_key = request.session;
      report.route = "*";
      homes_[request.session] = report.provider;
    }
    record_checked(report, request, gateway);
    if (!moves_on) return;
    ++request.attempt;
    begin_attempt(std::move(request));
  }

  // A cooldown ends with a probe or with an attempt that began after it; otherwise its end moves later only.
  void record_checked(const AttemptReport& report, const Request& request, Gateway& gateway) {
    const ProviderStatus before = *control_plane_->provider_status(report.provider);
    control_plane_->record(report, gateway.ledger);
    const ProviderStatus after = *control_plane_->provider_status(report.provider);
    if (report.probe) probes_out_.erase(report.provider);

    if (before.state == ProviderStatus::State::kCooling && after.state == ProviderStatus::State::kHealthy) {
      EXPECT_TRUE(report.probe || request.began >= cooling_since_.at(report.provider));
      ++recovery_count_;
    } else if (before.state == ProviderStatus::State::kCooling) {
      EXPECT_GE(after.remaining_cooldown, before.remaining_cooldown);
    } else if (after.state == ProviderStatus::State::kCooling) {
      cooling_since_[report.provider] = clock_.now();
    }
    note_warm_up(report, before, after);
  }

  void note_warm_up(const AttemptReport& report, const ProviderStatus& before, const ProviderStatus& after) {
    const bool came_back = before.state == ProviderStatus::State::kCooling && after.state == ProviderStatus::State::kHealthy;
    const bool succeeded = report.outcome == AttemptOutcome::kSuccess || report.outcome == AttemptOutcome::kAnswering;
    if (came_back) {
      warming_[report.provider] = WarmUp::kFirst;
    } else if (const auto warming = warming_.find(report.provider); succeeded && warming != warming_.end()) {
      if ((warming->second *= 2) >= WarmUp::kEnough) warming_.erase(warming);
    }
  }

  void lose_gateway(std::size_t index) {
    Gateway& gateway = gateways_[index];
    control_plane_->abandon(gateway.ledger);
    ++gateway.life;
    EXPECT_TRUE(gateway.ledger.in_flight().empty());
    std::erase_if(probes_out_, [&](const auto& probe) { return probe.second == index; });
  }

  std::minstd_rand dice_{1};
  std::array<Gateway, 3> gateways_;
  std::map<std::string, FlappingProvider> lives_ = {{"a", FlappingProvider(11)},
                                                    {"b", FlappingProvider(22)},
                                                    {"c", FlappingProvider(33)},
                                                    {"d", FlappingProvider(44)}};
  std::priority_queue<Event> events_;
  int order_ = 0;

  // By provider: the gateway that has its probe.
  std::map<std::string, std::size_t> probes_out_;
  std::map<std::string, std::string> homes_;
  bool kept_home_ = false;
  std::map<std::string, Clock::TimePoint> cooling_since_;
  std::set<std::string> present_;
  std::map<std::string, int> turns_;
  std::map<std::string, int> warming_;
  int probe_count_ = 0;
  int recovery_count_ = 0;
  int checked_turns_ = 0;
};

TEST_F(SimulationTest, PromisesHoldOverFlappingProviders) {
  for (int i = 0; i < kRequests && !HasFailure(); ++i) {
    const Clock::TimePoint arrival = clock_.now() + Duration(dice_() % 200'000);
    while (!events_.empty() && events_.top().at <= arrival) run_event();
    advance_to(arrival);
    if (i % 1'500 == 1'499) lose_gateway(static_cast<std::size_t>(i) / 1'500 % gateways_.size());
    decide_one();
  }
  while (!events_.empty()) run_event();

  for (const ProviderStatus& status : control_plane_->provider_statuses()) {
    EXPECT_EQ(status.in_flight_count, 0) << status.provider;
  }
  for (const Gateway& gateway : gateways_) {
    EXPECT_TRUE(gateway.ledger.in_flight().empty());
    EXPECT_TRUE(gateway.ledger.probes().empty());
  }
  EXPECT_GT(probe_count_, 50) << "the simulation must show something";
  EXPECT_GT(recovery_count_, 15);
  EXPECT_GT(checked_turns_, 500);
}

}  // namespace
}  // namespace balancer::controlplane
