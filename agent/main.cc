// `sluice-agent`: the program that runs in a cluster; `sluice agent` becomes it.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "agent/agent.h"
#include "agent/drift_command.h"
#include "agent/log.h"
#include "base/version.h"
#include "git/file.h"

namespace sluice::agent {
namespace {

constexpr std::size_t kConfigurationBytes = 1u << 20;

struct Words {
  std::string config;
  bool once = false;
  std::string wrong;  // the word that means nothing
};

Words ReadWords(int argc, char** argv) {
  Words words;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--once") {
      words.once = true;
    } else if (word == "--config" && i + 1 < argc) {
      words.config = argv[++i];
    } else {
      words.wrong = word;
      return words;
    }
  }
  return words;
}

constexpr std::string_view kHelp =
    "Usage: sluice-agent --config FILE [--once]\n"
    "       sluice-agent drift --config FILE [--output text|json] [--patch [--reason TEXT]]\n"
    "       sluice-agent --version\n"
    "\n"
    "Keeps a cluster at what the ledger proves; `sluice agent` and `sluice drift` start it.\n"
    "Every key of FILE: docs/agent.md. See sluice-agent(1), sluice-drift(1).\n";

int Say(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0
             ? 0
             : kCouldNot;
}

int Wrong(const std::string& message) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  return kWrongUsage;
}

net::Cancellation* stopped = nullptr;

void Stop(int) { stopped->Cancel(); }

int Run(int argc, char** argv) {
  static net::Cancellation cancel;
  stopped = &cancel;
  std::signal(SIGTERM, Stop);
  std::signal(SIGINT, Stop);
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--version") return Say("sluice-agent " + std::string(kVersion) + "\n");
  if (first == "--help" || first == "-h") return Say(kHelp);
  if (first == "drift") return RunDrift({argv + 2, argv + argc}, cancel);
  const Words words = ReadWords(argc, argv);
  if (!words.wrong.empty()) return Wrong("sluice agent takes no \"" + words.wrong + "\"");
  if (words.config.empty()) return Wrong("which configuration? sluice agent --config FILE");
  const Result<std::string> text = git::ReadFileAt(AT_FDCWD, words.config, kConfigurationBytes);
  if (!text) return Wrong(words.config + " cannot be read");
  const Result<Configuration> configuration = ParseConfiguration(*text, words.config);
  if (!configuration) return Wrong(configuration.error().Text());
  return words.once ? RunOnce(*configuration, cancel) : RunAlways(*configuration, cancel);
}

}  // namespace
}  // namespace sluice::agent

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return sluice::agent::Run(argc, argv);
  } catch (const std::exception& error) {
    sluice::agent::Log(sluice::agent::Level::kError, error.what());
  }
  return sluice::agent::kCouldNot;
}
