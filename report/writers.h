// The formats, one function and one file each. Every one returns the whole
// report, ended by a newline.
#pragma once

#include <string>

#include "base/verdict.h"
#include "report/report.h"

namespace sluice::report {

std::string WriteText(const Verdict& verdict, const Options& options);
std::string WriteJson(const Verdict& verdict, const Options& options);
std::string WriteSarif(const Verdict& verdict, const Options& options);
std::string WriteJunit(const Verdict& verdict, const Options& options);
std::string WriteGithub(const Verdict& verdict, const Options& options);
std::string WriteGitlab(const Verdict& verdict);
std::string WriteMarkdown(const Verdict& verdict, const Options& options);

}  // namespace sluice::report
