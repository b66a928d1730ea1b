// What every verb of balancerctl has in common, found by walking the tree of them.
#include "controlplane/cli/command_tree.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <set>
#include <sstream>

namespace balancer::controlplane::cli {
namespace {

using testing::HasSubstr;

class CommandTreeTest : public testing::Test {
 protected:
  CommandTreeTest() { add_everything(app_, command_, options_); }

  using Path = std::vector<std::string>;
  using Visit = std::function<void(const CLI::App&, const Path&)>;
  // Of every verb, and every noun behind one.
  void walk(const Visit& visit) { walk(app_, {}, visit); }
  static std::string text(const Path& path) {
    std::string words = "balancerctl";
    for (const std::string& word : path) words += ' ' + word;
    return words;
  }
  // What --help of it says.
  static std::string help(Path path) {
    path.push_back("--help");
    std::vector<const char*> words{"balancerctl"};
    for (const std::string& word : path) words.push_back(word.c_str());
    testing::internal::CaptureStdout();
    const auto parsed = parse_command_line(static_cast<int>(words.size()), words.data());
    const std::string shown = testing::internal::GetCapturedStdout();
    const auto* const exit = std::get_if<EarlyExit>(&parsed);
    EXPECT_TRUE(exit != nullptr && exit->status == kExitDone) << text(path);
    return shown;
  }
  // The words of its example, without what a shell makes of the rest of the line.
  static Path example(const std::string& help) {
    const std::string mark = "Example: balancerctl ";
    const std::size_t begin = help.find(mark);
    if (begin == std::string::npos) return {};
    std::istringstream line(help.substr(begin + mark.size(), help.find('\n', begin) - begin - mark.size()));
    Path words;
    for (std::string word; line >> word && word != ">" && word != "|";) words.push_back(word);
    return words;
  }

 private:
  static void walk(const CLI::App& app, const Path& path, const Visit& visit) {
    visit(app, path);
    for (const CLI::App* const next : app.get_subcommands([](const CLI::App*) { return true; })) {
      Path longer = path;
      longer.push_back(next->get_name());
      walk(*next, longer, visit);
    }
  }

  Command command_;
  GlobalOptions options_;
  CLI::App app_{"", "balancerctl"};
};

TEST_F(CommandTreeTest, EveryVerbSaysWhatItIsForAndHasAnExample) {
  int count = 0;
  walk([&](const CLI::App& verb, const Path& path) {
    ++count;
    const std::string shown = help(path);

    EXPECT_FALSE(example(shown).empty()) << text(path);
    EXPECT_THAT(shown, HasSubstr("Usage: ")) << text(path);
    if (!path.empty()) {
      EXPECT_FALSE(verb.get_description().empty()) << text(path);
    }
  });
  EXPECT_GT(count, 25);
}

TEST_F(CommandTreeTest, EveryExampleIsOneOfItsVerbAndIsUnderstood) {
  walk([&](const CLI::App&, const Path& path) {
    const Path words = example(help(path));
    ASSERT_GE(words.size(), path.size());
    EXPECT_TRUE(std::equal(path.begin(), path.end(), words.begin())) << text(path);

    std::vector<const char*> arguments{"balancerctl"};
    for (const std::string& word : words) arguments.push_back(word.c_str());
    const auto parsed = parse_command_line(static_cast<int>(arguments.size()), arguments.data());

    EXPECT_TRUE(std::holds_alternative<Command>(parsed)) << text(words);
  });
}

TEST_F(CommandTreeTest, EveryOptionSaysWhatItIsFor) {
  walk([&](const CLI::App& verb, const Path& path) {
    for (const CLI::Option* const option : verb.get_options()) {
      if (option->get_positional()) continue;
      EXPECT_FALSE(option->get_description().empty()) << text(path) << ' ' << option->get_name();
    }
  });
}

TEST_F(CommandTreeTest, NoVerbStandsTwice) {
  std::set<Path> paths;
  walk([&](const CLI::App&, const Path& path) { EXPECT_TRUE(paths.insert(path).second) << text(path); });
}

}  // namespace
}  // namespace balancer::controlplane::cli
