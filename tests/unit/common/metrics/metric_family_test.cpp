#include "common/metrics/metric_family.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/metrics/exposition_text.hpp"

namespace balancer::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(ExpositionTest, EachFamilySaysWhatItIsBeforeItsSeries) {
  const Families families{counter("requests_total", "Requests so far.", 7), gauge("temperature", "How warm.", -3.5)};

  EXPECT_EQ(exposition(families),
            "# HELP requests_total Requests so far.\n# TYPE requests_total counter\nrequests_total 7\n"
            "# HELP temperature How warm.\n# TYPE temperature gauge\ntemperature -3.5\n");
}

TEST(ExpositionTest, SeriesOfOneFamilyStandTogetherWithTheirLabels) {
  const Families families{counter("requests_total", "Requests.",
                                  {{.value = 1, .labels = {{"code", "200"}, {"endpoint", "messages"}}},
                                   {.value = 2, .labels = {{"code", "404"}}}})};

  const ExpositionText text(exposition(families));

  EXPECT_EQ(text.value("requests_total", {{"code", "200"}, {"endpoint", "messages"}}), 1);
  EXPECT_EQ(text.value("requests_total", {{"code", "404"}}), 2);
  EXPECT_EQ(text.samples().size(), 2u);
}

TEST(ExpositionTest, FamiliesWithoutASeriesAreLeftOut) {
  const Families families{counter("nothing_total", "Nothing yet.", std::vector<Sample>()), gauge("something", "One.", 1),
                          gauge("nothing", "Nothing yet.", std::vector<Sample>())};

  EXPECT_THAT(ExpositionText(exposition(families)).families(), ElementsAre(Pair("something", "gauge")));
}

TEST(ExpositionTest, WithoutFamiliesThereIsNothing) {
  EXPECT_EQ(exposition({}), "");
  EXPECT_EQ(exposition({gauge("nothing", "Nothing yet.", std::vector<Sample>())}), "");
}

TEST(ExpositionTest, LabelsArriveAsTheyAreWhateverTheyHold) {
  for (const std::string odd : {"\"", "\\", "\n", "\\n", "a\"} 1\nfake_total{x=\"", "{}", ",", "=", " ", "gr\xc3\xbc\xc3\x9f",
                                "\t", "#", "\\\"", "\\\\\n\""}) {
    const Families families{gauge("odd", "Odd.", {{.value = 1, .labels = {{"name", odd}}}})};

    const ExpositionText text(exposition(families));

    EXPECT_EQ(text.value("odd", {{"name", odd}}), 1) << odd;
    EXPECT_EQ(text.samples().size(), 1u) << odd;
  }
}

TEST(ExpositionTest, NumbersArriveAsTheyAre) {
  for (const double number : {0.0, 0.1, 1e-9, 1'767'225'600.25, 9'007'199'254'740'992.0, -12.5, 1e300}) {
    const ExpositionText text(exposition({gauge("number", "A number.", number)}));

    EXPECT_DOUBLE_EQ(text.value("number").value(), number);
  }
}

TEST(ExpositionTest, ContentTypeNamesTheVersionOfTheFormat) {
  EXPECT_THAT(kExpositionType, HasSubstr("version=0.0.4"));
}

}  // namespace
}  // namespace balancer::metrics
