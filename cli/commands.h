// The subcommands, one file each. Add…() declares one with its options; when
// its words were read, what it does runs and sets the exit code.
#pragma once

#include <string_view>

namespace CLI {
class App;
}

namespace sluice::cli {

// Exit codes (docs/output.md).
constexpr int kAccepted = 0;
constexpr int kRejected = 1;
constexpr int kWrongUsage = 2;  // or configuration
constexpr int kUnjudged = 3;

constexpr std::string_view kVersion = "0.1.0";

void AddCheck(CLI::App& app, int& exit_code);
void AddExplain(CLI::App& app, int& exit_code);
void AddInit(CLI::App& app, int& exit_code);
void AddHook(CLI::App& app, int& exit_code);
void AddRenderFetch(CLI::App& render, int& exit_code);  // below `sluice render`
void AddSchemas(CLI::App& app, int& exit_code);
void AddRender(CLI::App& app, int& exit_code);
void AddEnv(CLI::App& app, int& exit_code);
void AddPromote(CLI::App& app, int& exit_code);
void AddDeclarations(CLI::App& app, int& exit_code);  // freeze, hold, release, break-glass, consent
void AddReview(CLI::App& app, int& exit_code);
void AddApprove(CLI::App& app, int& exit_code);
void AddRevoke(CLI::App& app, int& exit_code);
void AddDiff(CLI::App& app, int& exit_code);
void AddCluster(CLI::App& app, int& exit_code);
void AddLedger(CLI::App& app, int& exit_code);
void AddCompletion(CLI::App& app, int& exit_code);

// The whole command line; never throws.
int Main(int argc, char** argv);

}  // namespace sluice::cli
