#include "controlplane/cli/terminal.hpp"

#include <gmock/gmock.h>


#include "controlplane/cli/text_table.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ColoredStateTest, SaysHowSomethingIs) {
  const auto color_of = [](std::string_view text) {
    const std::string colored = colored_state(text, Coloring::kColored);
    return colored.substr(0, colored.find('m') + 1);
  };
  const std::string good = color_of("healthy");

  EXPECT_EQ(color_of("success"), good);
  EXPECT_EQ(color_of("usable"), good);
  EXPECT_EQ(color_of("200"), good);
  EXPECT_EQ(color_of("in rotation"), good);
  EXPECT_NE(color_of("cooling"), good);
  EXPECT_EQ(color_of("529"), color_of("cooling"));
  EXPECT_EQ(color_of("transient"), color_of("cooling"));
  EXPECT_NE(color_of("healthy (2 models cooling)"), good);
  EXPECT_NE(color_of("404"), good);
  EXPECT_NE(color_of("404"), color_of("500"));
}

TEST(ColoredStateTest, EndsItsColour) {
  EXPECT_EQ(colored_state("cooling", Coloring::kColored), "\x1b[31mcooling\x1b[0m");
}

TEST(ColoredStateTest, LeavesOtherTextAndPlainTextAlone) {
  EXPECT_EQ(colored_state("something", Coloring::kColored), "something");
  EXPECT_EQ(colored_state("-", Coloring::kColored), "-");
  EXPECT_EQ(colored_state("cooling", Coloring::kPlain), "cooling");
}

TEST(ColoringOfStdoutTest, IsPlainWhereThereIsNoTerminal) {
  testing::internal::CaptureStdout();

  const bool terminal = stdout_is_terminal();
  const Coloring coloring = coloring_of_stdout();

  testing::internal::GetCapturedStdout();
  EXPECT_FALSE(terminal);
  EXPECT_EQ(coloring, Coloring::kPlain);
}

class ColoredTableTest : public testing::Test {
 protected:
  const std::vector<std::string> headings_{"NAME", "STATUS", "END"};
  const std::vector<std::vector<std::string>> rows_{{"a", "healthy", "x"}, {"success", "cooling", "y"}};
};

TEST_F(ColoredTableTest, IsColouredOnlyWhenAsked) {
  EXPECT_THAT(format_table(headings_, rows_, Coloring::kPlain), Not(HasSubstr("\x1b")));
  EXPECT_THAT(format_table(headings_, rows_, Coloring::kColored), HasSubstr("\x1b[31mcooling\x1b[0m"));
}

TEST_F(ColoredTableTest, ColoursStatesAndNoNames) {
  const std::string table = format_table(headings_, rows_, Coloring::kColored);

  EXPECT_THAT(table, HasSubstr("\nsuccess  ")) << "a provider may be called so";
  EXPECT_THAT(table, testing::StartsWith("NAME     STATUS   END\n"));
}

TEST_F(ColoredTableTest, ColoursAreNoPartOfTheWidth) {
  std::string table = format_table(headings_, rows_, Coloring::kColored);

  for (const char* const code : {"\x1b[31m", "\x1b[32m", "\x1b[0m"}) {
    for (std::size_t at = table.find(code); at != std::string::npos; at = table.find(code)) {
      table.erase(at, std::string_view(code).size());
    }
  }
  EXPECT_EQ(table, format_table(headings_, rows_, Coloring::kPlain));
}

TEST_F(ColoredTableTest, AStateCannotBringColoursOfItsOwn) {
  const std::string table = format_table(headings_, {{"a", "cooling\x1b[5m", "x"}}, Coloring::kColored);

  EXPECT_THAT(table, Not(HasSubstr("\x1b[5m")));
}

}  // namespace
}  // namespace balancer::controlplane::cli
