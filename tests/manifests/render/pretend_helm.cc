// A helm in the hands of an attacker: tries what the sandbox forbids, and prints
// what it could do. The mode is the release's name.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

extern char** environ;

namespace {

void Try(const char* what, bool could) { std::printf("%s: %s\n", what, could ? "COULD" : "no"); }

bool CanRead(const char* path) {
  const int file = open(path, O_RDONLY);
  char byte;
  return file >= 0 && read(file, &byte, 1) == 1;
}

bool CanWrite(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  return file >= 0 && write(file, "x", 1) == 1;
}

bool CanStart(const char* program) {
  const pid_t pid = fork();
  if (pid == 0) {
    execl(program, program, static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

void Attack(const std::string& directory) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET})
    Try("socket", socket(family, SOCK_STREAM, 0) >= 0 || socket(family, SOCK_DGRAM, 0) >= 0);
  for (const char* path : {"/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/1/cmdline",
                           "/etc/shadow", "/etc/resolv.conf"})
    Try("read", CanRead(path));
  for (const std::string& path : {directory + "/canary", directory + "/values.json",
                                  std::string("/tmp/canary"), std::string("/dev/shm/canary")})
    Try("write", CanWrite(path));
  Try("link", symlink("/etc/passwd", (directory + "/link").c_str()) == 0);
  Try("remove", unlink((directory + "/values.json").c_str()) == 0);
  Try("start", CanStart("/bin/true"));
  Try("start", CanStart((directory + "/chart/run").c_str()));
  Try("leave", setsid() >= 0 || setpgid(0, 0) == 0);
  for (int number = 3; number < 64; ++number)
    if (fcntl(number, F_GETFD) >= 0) Try("descriptor", true);
  for (char** variable = environ; *variable != nullptr; ++variable)
    std::printf("environment: %s\n", *variable);
}

[[noreturn]] void Stay() {
  for (;;) pause();
}

}  // namespace

int main(int count, char** arguments) {
  const std::string chart = arguments[count - 1], mode = arguments[count - 2];
  const std::string directory = chart.substr(0, chart.rfind('/'));
  if (mode == "attack") Attack(directory);
  if (mode == "arguments")
    for (int i = 1; i < count; ++i) std::printf("%s\n", arguments[i]);
  if (mode == "stay") Stay();
  if (mode == "spin")
    for (;;) getppid();
  if (mode == "memory")
    for (std::vector<void*> all;;) {
      void* block = std::malloc(1u << 20);
      if (block == nullptr) {
        std::fputs("fatal error: out of memory\n", stderr);
        return 2;
      }
      all.push_back(std::memset(block, 1, 1u << 20));
    }
  if (mode == "output")
    for (const std::string line(1u << 16, 'x');;) std::puts(line.c_str());
  if (mode == "orphan") {
    if (fork() == 0) Stay();
    std::printf("left one\n");
  }
  if (mode == "crash") raise(SIGSEGV);
  return 0;
}
