// What people are told of the collector, and what they are not.
#include <gmock/gmock.h>

#include <fstream>

#include "common/log/log.hpp"
#include "common/tracing/span_exporter.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/unit/common/tracing/exporter_fixture.hpp"

namespace balancer::tracing {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SpanExporterLogTest : public testing::Test {
 protected:
  SpanExporterLogTest() {
    testing::internal::CaptureStderr();
    log::configure({.level = log::Level::kDebug, .file_path = file().string()});
  }
  ~SpanExporterLogTest() override {
    log::flush();
    testing::internal::GetCapturedStderr();
  }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "log.jsonl"; }
  // Ends logging. Nobody logs any more.
  [[nodiscard]] std::vector<json> lines() const {
    log::flush();
    std::vector<json> all;
    std::ifstream in(file());
    for (std::string text; std::getline(in, text);) all.push_back(json::parse(text));
    return all;
  }
  [[nodiscard]] std::vector<std::string> levels() const {
    std::vector<std::string> all;
    for (const json& line : lines()) all.push_back(line.at("level"));
    return all;
  }

  [[nodiscard]] ExporterSettings settings() const {
    ExporterSettings settings = settings_for(url_at(collector_.port()));
    settings.retry.attempts = 2;
    return settings;
  }

  fakes::TempDir folder_;
  fakes::FakeProvider collector_;
};

TEST_F(SpanExporterLogTest, ACollectorThatWorksIsNoNews) {
  collector_.always(accepted());
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b", "c"});
  exporter.close();

  EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(SpanExporterLogTest, OneRefusalThatTheNextTryMendsIsNoNews) {
  collector_.always(accepted());
  collector_.enqueue(refused(503));
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b"});
  exporter.close();

  EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(SpanExporterLogTest, ManyFailuresAreOneWarningAndTheRecoveryIsOneLine) {
  collector_.always(refused(503));
  SpanExporter exporter(settings());
  submit(exporter, std::vector<std::string>(20, "span"));
  ASSERT_TRUE(reaches(exporter, {.exported = 0, .dropped = 20}));
  collector_.always(accepted());
  submit(exporter, std::vector<std::string>(20, "span"));
  exporter.close();

  ASSERT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 20, .dropped = 20}));
  const std::vector<json> written = lines();
  ASSERT_EQ(written.size(), 2u);
  EXPECT_EQ(written[0].at("level"), "WARNING");
  EXPECT_EQ(written[0].at("reason"), "status 503");
  EXPECT_EQ(written[0].at("collector"), "http://127.0.0.1:" + std::to_string(collector_.port()));
  EXPECT_EQ(written[1].at("level"), "INFO");
  EXPECT_EQ(written[1].at("dropped_spans"), 20);
}

TEST_F(SpanExporterLogTest, ACollectorThatIsNotThereIsOneWarning) {
  const fakes::RefusingPort nobody;
  ExporterSettings to_nobody = settings_for(url_at(nobody.port()));
  SpanExporter exporter(std::move(to_nobody));

  submit(exporter, {"a", "b", "c", "d"});
  ASSERT_TRUE(reaches(exporter, {.exported = 0, .dropped = 4}));
  exporter.close();

  EXPECT_THAT(levels(), ElementsAre("WARNING"));
}

TEST_F(SpanExporterLogTest, ALossAtTheEndIsAWarning) {
  collector_.always(fakes::hang());
  ExporterSettings hasty = settings();
  hasty.close_limit = std::chrono::milliseconds(20);
  SpanExporter exporter(std::move(hasty));

  submit(exporter, {"a", "b"});
  ASSERT_TRUE(collector_.wait_for_requests(1));
  exporter.close();

  EXPECT_THAT(levels(), ElementsAre("WARNING"));
}

TEST_F(SpanExporterLogTest, NoCredentialIsWritten) {
  const std::string url = "http://hushuser:hushpass@127.0.0.1:" + std::to_string(collector_.port()) + "/p?key=hushkey";
  ExporterSettings secretive = settings_for(url);
  secretive.headers = {{"api-key", Secret("hushheader")}};
  secretive.retry.attempts = 2;
  collector_.always([](const fakes::RecordedRequest& request) { return refused(503).send(request.raw); });
  SpanExporter exporter(std::move(secretive));

  submit(exporter, {"a", "b"});
  ASSERT_TRUE(reaches(exporter, {.exported = 0, .dropped = 2}));
  collector_.always(accepted());
  submit(exporter, {"c", "d"});
  exporter.close();

  const std::vector<json> written = lines();
  ASSERT_EQ(written.size(), 2u);
  EXPECT_THAT(json(written).dump(), Not(HasSubstr("hush")));
  EXPECT_THAT(json(written).dump(), Not(HasSubstr("aHVzaHVzZXI6aHVzaHBhc3M=")));
}

TEST_F(SpanExporterLogTest, SettingsThatArePassedOverAreNamedAndNotRepeated) {
  const std::map<std::string, std::string, std::less<>> values{
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector"},     {"OTEL_EXPORTER_OTLP_TIMEOUT", "hush"},
      {"OTEL_BSP_SCHEDULE_DELAY", "hush"},                     {"OTEL_RESOURCE_ATTRIBUTES", "hush"},
      {"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "/hush.key"}, {"OTEL_EXPORTER_OTLP_COMPRESSION", "none"}};

  const auto settings = exporter_settings([&](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  });

  ASSERT_TRUE(settings && *settings);
  std::vector<std::string> named;
  for (const json& line : lines()) named.push_back(line.at("variable"));
  EXPECT_THAT(named, testing::UnorderedElementsAre("OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY",
                                                   "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY"));
  EXPECT_THAT(json(lines()).dump(), Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace balancer::tracing
