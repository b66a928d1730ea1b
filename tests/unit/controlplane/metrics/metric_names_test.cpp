// Dashboards and alerts are written against the names and labels in the golden list.
#include <fstream>
#include <set>

#include "controlplane/metrics/control_plane_metrics.hpp"
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

class MetricNamesTest : public ControlPlaneFixture {
 protected:
  // "name type label,label", the labels in their order.
  static std::string golden_line(const prometheus::MetricFamily& family) {
    std::string line = family.name + (family.type == prometheus::MetricType::Counter ? " counter" : " gauge");
    std::string labels;
    for (const prometheus::ClientMetric::Label& label : family.metric.at(0).label) {
      labels += (labels.empty() ? " " : ",") + label.name;
    }
    return line + labels;
  }
  static std::set<std::string> golden() {
    std::set<std::string> lines;
    std::ifstream file(BALANCER_GOLDEN_FOLDER "/controlplane_metrics.txt");
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("process_")) lines.insert(line);
    }
    return lines;
  }
  // Something of everything that is counted.
  void do_everything() {
    ask();
    routing::AttemptReport served = attempt_report("a", routing::AttemptOutcome::kSuccess);
    served.time_to_first_byte = 1s;
    report(served);
    control_plane_->activity().observe_attempt(served);
    cool("a");
    control_plane_->activity().observe_request({}, "g1");
  }
};

TEST_F(MetricNamesTest, AreThoseOfTheGoldenList) {
  serve(sample_config({"a"}));
  do_everything();

  std::set<std::string> lines;
  for (const prometheus::MetricFamily& family : collect_metrics(*control_plane_)) {
    ASSERT_FALSE(family.metric.empty()) << family.name;
    EXPECT_TRUE(lines.insert(golden_line(family)).second) << family.name << " twice";
  }

  EXPECT_EQ(lines, golden());
}

TEST_F(MetricNamesTest, AreTheSameForEachSeriesOfAFamily) {
  serve(sample_config({"a", "b"}));
  do_everything();

  for (const prometheus::MetricFamily& family : collect_metrics(*control_plane_)) {
    for (const prometheus::ClientMetric& metric : family.metric) {
      ASSERT_EQ(metric.label.size(), family.metric[0].label.size()) << family.name;
      for (std::size_t i = 0; i < metric.label.size(); ++i) {
        EXPECT_EQ(metric.label[i].name, family.metric[0].label[i].name) << family.name;
      }
    }
  }
}

TEST_F(MetricNamesTest, ComeWithAHelpText) {
  serve(sample_config({"a"}));

  for (const prometheus::MetricFamily& family : collect_metrics(*control_plane_)) {
    EXPECT_FALSE(family.help.empty()) << family.name;
  }
}

}  // namespace
}  // namespace balancer::controlplane
