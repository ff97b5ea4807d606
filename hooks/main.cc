// sluice-hook: the program that git's hooks are. A hook file says
// `#!/usr/libexec/sluice/sluice-hook pre-receive`, so the kernel starts us with
// that word and the file's path; as a copy or a link named `pre-receive` the
// file is ourselves. What it does is in pre_receive.cc and post_receive.cc.
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "gate/version_words.h"
#include "hooks/call.h"
#include "hooks/post_receive.h"
#include "hooks/pre_receive.h"

namespace {

using sluice::hooks::Call;

std::string_view Name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// "pre-receive --platform=github" is one argument: the kernel does not split
// what follows the program in the first line of a hook file.
std::string_view Words(Call& call, std::string_view words) {
  constexpr std::string_view kPlatform = " --platform=";
  const std::size_t at = words.find(kPlatform);
  if (at == words.npos) return words;
  call.platform = words.substr(at + kPlatform.size());
  return words.substr(0, at);
}

// Git waits for us in any case: the push is rejected with a reason.
int Unknown() {
  std::fputs(
      "error: sluice-hook is run by git, as pre-receive or post-receive\n"
      "hint: sluice hook install REPOSITORY puts it in place\n",
      stderr);
  return 2;
}

int Run(int count, char** arguments) {
  Call call;
  call.environment = sluice::hooks::TakeEnvironment();
  const bool named = count >= 2;
  if (count == 2 && std::string_view(arguments[1]) == "--version") {
    std::fputs(sluice::gate::VersionWords("sluice-hook").c_str(), stdout);
    return std::fflush(stdout) == 0 ? 0 : 2;
  }
  const std::string_view hook = named ? Words(call, arguments[1]) : Name(count > 0 ? arguments[0] : "");
  if (hook != "pre-receive" && hook != "post-receive") return Unknown();
  call.hook = named ? (count >= 3 ? arguments[2] : "") : arguments[0];
  sluice::Result<std::string> input = sluice::hooks::ReadInput(STDIN_FILENO);
  if (input) {
    call.input = std::move(*input);
  } else {
    call.trouble = input.error().message;
  }
  return hook == "pre-receive" ? sluice::hooks::PreReceive(call) : sluice::hooks::PostReceive(call);
}

}  // namespace

int main(int count, char** arguments) {
  signal(SIGPIPE, SIG_IGN);  // somebody who stopped listening still gets a verdict
  // Memory in larger steps, and none given back: the process is gone in a moment.
  mallopt(M_TOP_PAD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  int code = 1;
  try {
    code = Run(count, arguments);
  } catch (const std::exception&) {
    std::fputs("error: sluice could not judge this push: it ran out of memory\n", stderr);
  }
  _exit(code);  // nothing is buffered, and nothing waits for what would run at exit
}
