// The subcommands, one file each. Add…() declares one with its options; when
// its words were read, what it does runs and sets the exit code.
#pragma once

#include <string_view>

#include "base/version.h"
#include "cli/command_line.h"

namespace sluice::cli {

// Exit codes (docs/output.md).
constexpr int kAccepted = 0;
constexpr int kRejected = 1;
constexpr int kWrongUsage = 2;  // or configuration
constexpr int kUnjudged = 3;

void AddCheck(const Command& app);
void AddExplain(const Command& app);
void AddInit(const Command& app);
void AddHook(const Command& app);
void AddRenderFetch(const Command& render);  // below `sluice render`
void AddSchemas(const Command& app);
void AddRender(const Command& app);
void AddEnv(const Command& app);
void AddPromote(const Command& app);
void AddDeclarations(const Command& app);  // freeze, hold, release, break-glass, consent
void AddReview(const Command& app);
void AddApprove(const Command& app);
void AddRevoke(const Command& app);
void AddDiff(const Command& app);
void AddCluster(const Command& app);
void AddLedger(const Command& app);
void AddCompletion(const Command& app);

// The whole command line; never throws.
int Main(int argc, char** argv);

}  // namespace sluice::cli
