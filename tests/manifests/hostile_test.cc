// Input that is made to cost: each is read in a child process with little stack,
// whose memory and processor time the kernel counts. The bounds on time are far
// above what is needed; they catch what is not linear.
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

// A sanitizer's own memory and stack are not ours to bound.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kBounded = false;
#else
constexpr bool kBounded = true;
#endif
constexpr double kMostSeconds = kBounded ? 5 : 60;
constexpr long kMostKilobytes = 64 << 10;  // on top of the text

std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (; times > 0; --times) all += text;
  return all;
}

struct Cost {
  int status = -1;     // 0 read, 1 refused
  long kilobytes = 0;  // of memory, beyond what the child began with
  double seconds = 0;
};

double Seconds(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Runs in the child, with at most a mebibyte of stack and no core.
[[noreturn]] void ReadAndExit(const std::string& text) {
  const rlimit stack{1 << 20, 1 << 20};
  const rlimit core{0, 0};
  if (kBounded) setrlimit(RLIMIT_STACK, &stack);
  setrlimit(RLIMIT_CORE, &core);
  const ParsedFile file = ParseText(text);
  const ObjectList list = Objects(file, Limits());
  std::string json;
  for (const Object& object : list.objects) CanonicalJson(*object.root, json);
  _exit(file.Readable() ? 0 : 1);
}

long BaseKilobytes() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  rusage usage{};
  int status = 0;
  wait4(child, &status, 0, &usage);
  return usage.ru_maxrss;
}

Cost Measure(const std::string& text) {
  const long base = BaseKilobytes();
  const pid_t child = fork();
  if (child == 0) ReadAndExit(text);
  rusage usage{};
  int status = 0;
  wait4(child, &status, 0, &usage);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, usage.ru_maxrss - base, Seconds(usage)};
}

std::string AliasBomb(int levels) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < levels; ++i) {
    const std::string before = "*a" + std::to_string(i - 1) + ",";
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + Repeat(before, 10) + "]\n";
  }
  return text;
}

std::string Keys(int count, std::string_view end) {
  std::string text;
  for (int i = 0; i < count; ++i) text.append("key").append(std::to_string(i)).append(end);
  return text;
}

struct Case {
  const char* name;
  std::string text;
  int status;
};

void Check(const std::vector<Case>& cases) {
  for (const auto& [name, text, status] : cases) {
    CAPTURE(name);
    const Cost cost = Measure(text);
    CHECK(cost.status == status);
    CHECK(cost.seconds < kMostSeconds);
    if (kBounded) CHECK(cost.kilobytes < kMostKilobytes + static_cast<long>(2 * text.size() >> 10));
    if (std::getenv("SLUICE_SHOW_COSTS") != nullptr) {
      std::printf("%-40s %9zu bytes %8.1f ms %7ld KiB\n", name, text.size(), cost.seconds * 1e3,
                  cost.kilobytes);
    }
  }
}

TEST_CASE("small files that explode are refused") {
  Check({{"a comma", ",\n", 1},
         {"alias bomb of 9 levels", AliasBomb(9), 1},
         {"alias bomb of 20 levels", AliasBomb(20), 1},
         {"an alias in itself", "a: &a\n  b: *a\n", 1},
         {"a list of itself", "&a [*a, *a]\n", 1},
         {"merge bomb", "a: &a {a: 1}\n" + Repeat("b: &a {<<: *a, c: {<<: *a}}\n", 99), 1}});
}

TEST_CASE("brackets and indicators without end are refused") {
  Check({{"a million [", Repeat("[", 1'000'000), 1},
         {"a million {", Repeat("{", 1'000'000), 1},
         {"a million [ in JSON", "{\"a\":" + Repeat("[", 1'000'000), 1},
         {"half a million {\"a\":", Repeat("{\"a\":", 500'000), 1},
         {"half a million [{", Repeat("[{", 500'000), 1},
         {"half a million - ", Repeat("- ", 500'000), 1},
         {"half a million ? ", Repeat("? ", 500'000), 1},
         {"a million ]", Repeat("]", 1'000'000), 1},
         {"a million ,", Repeat(",", 1'000'000), 1},
         {"a million &", Repeat("&", 1'000'000), 1},
         {"a million !", Repeat("!", 1'000'000), 1},
         {"half a million &a ", Repeat("&a ", 300'000), 1},
         {"a million \"", Repeat("\"", 1'000'000), 1},
         {"a million % lines", Repeat("%A b\n", 200'000), 1},
         {"brackets on lines", Repeat("[\n", 500'000), 1}});
}

TEST_CASE("many keys, items, documents, comments and anchors cost what they weigh") {
  Check({{"100,000 keys", Keys(100'000, ": 1\n"), 1},
         {"100,000 keys in braces", "[{" + Keys(100'000, ": 1,") + "}]\n", 1},
         {"100,000 keys in JSON", "{\"a\":1," + Repeat("\"b\":1,", 100'000) + "\"c\":1}", 1},
         {"10,000 keys", Keys(10'000, ": 1\n"), 0},
         {"the same key 100,000 times", Repeat("a: 1\n", 100'000), 1},
         {"190,000 items", Repeat("- a\n", 190'000), 0},
         {"a million items", Repeat("- a\n", 1'000'000), 1},
         {"190,000 items 90 deep", Repeat("[", 90) + Repeat("a,", 190'000) + Repeat("]", 90) + "\n", 0},
         {"a million comments", Repeat("# c\n", 1'000'000), 0},
         {"a million empty lines", Repeat("\n", 1'000'000), 0},
         {"a million separators", Repeat("---\n", 1'000'000), 1},
         {"40,000 documents", Repeat("a: 1\n---\n", 40'000), 0},
         {"10,000 aliases", "- &a x\n" + Repeat("- *a\n", 10'000), 0},
         {"a million anchors", Repeat("- &a x\n", 1'000'000), 1},
         {"an object of a gigabyte behind aliases",
          "apiVersion: v1\nkind: A\na: &a " + std::string(100'000, 'x') + "\nb: [" + Repeat("*a,", 9'000) +
              "]\n",
          0},
         {"20,000 block texts", Repeat("- |\n  x\n\n", 20'000), 0}});
}

TEST_CASE("huge lines and values cost what they weigh") {
  const std::size_t size = 8 << 20;
  Check({{"a plain line", "a: " + std::string(size, 'x') + "\n", 0},
         {"a plain line of words", "a: " + Repeat("x ", size / 2) + "\n", 0},
         {"a plain text of lines", "a: x\n" + Repeat("  y\n", size / 4), 0},
         {"a quoted line", "a: \"" + std::string(size, 'x') + "\"\n", 0},
         {"a quoted line of escapes", "a: \"" + Repeat("\\\\/", size / 3) + "\"\n", 0},
         {"quoted texts of escapes", Repeat("- \"\\\\/\"\n", 100'000), 0},
         {"a line of quoted escapes", "[" + Repeat("\"\\\\/\",", 100'000) + "]\n", 0},
         {"a line of quoted accents", "[" + Repeat("\"\xC3\xA9\",", 100'000) + "\"\"]\n", 0},
         {"a line of plain accents", "- [" + Repeat("\xC3\xA9 x,", 100'000) + "y]\n", 0},
         {"quoted texts of many lines", "a: '" + Repeat("x\n ", size / 4) + "'\n", 0},
         {"plain texts between empty lines", Repeat("- a\n\n\n\n", 100'000), 0},
         {"a folded text of empty lines", "a: >\n  x\n" + Repeat("\n", size) + "  y\n", 0},
         {"a quoted text in JSON", "{\"a\":\"" + Repeat("\\u00e9", size / 6) + "\"}", 0},
         {"a block text of empty lines", "a: |+\n  x\n" + Repeat("\n", size), 0},
         {"a number", "a: " + std::string(size, '9') + "\n", 0},
         {"a fraction", "a: 0." + std::string(size, '9') + "\n", 0},
         {"underscores", "a: 1" + std::string(size, '_') + "\n", 0},
         {"a number in JSON", "{\"a\":" + std::string(size, '9') + "}", 1},
         {"a comment", "# " + std::string(size, 'x') + "\n", 0},
         {"spaces", std::string(size, ' '), 0},
         {"tabs", std::string(size, '\t'), 1},
         {"hidden characters", "# " + Repeat("\xE2\x80\x8B", size / 3) + "\n", 0},
         {"hidden characters on lines", Repeat("# \xE2\x80\x8B\n", size / 6), 0},
         {"hidden characters in values", Repeat("- \xE2\x80\x8B\n", 100'000), 0},
         {"exclamation marks", "# " + Repeat("! ", size / 2) + "\n", 0},
         {"plain items behind a lone tag", "# ! \n[" + Repeat("a,", 190'000) + "]\n", 0},
         {"a key of 2,000 letters", std::string(2000, 'k') + ": 1\n", 1}});
}

TEST_CASE("files past the limit of bytes are not read") {
  Check({{"16 MiB and one byte", std::string((16 << 20) + 1, 'x'), 1}});
}

}  // namespace
}  // namespace sluice::manifests
