// Hostile charts for the real helm: what they want to read, run, reach or use up
// (CVE-2022-24348, -36055, 2023-25165, 2025-32386, -32387, -53547 and their kind).
// What a program in helm's place could do is helm_sandbox_test.cc's.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/manifests/render/release.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kSecret = "canary-6b1f";

bool Leaks(const std::string& text) {
  return text.find(kSecret) != text.npos || text.find("root:") != text.npos;
}

// A file that a chart wants, and a place where one wants to leave a file.
class Canary {
 public:
  Canary() : directory_(std::filesystem::temp_directory_path() / ("canary-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(directory_);
    std::ofstream(Path()) << kSecret << "\n";
  }
  ~Canary() { std::filesystem::remove_all(directory_); }
  std::string Path() const { return directory_ / "secret.yaml"; }
  std::size_t Files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_), {}));
  }

 private:
  std::filesystem::path directory_;
};

// Listens on the loopback and counts who came.
class Listener {
 public:
  Listener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(socket_, 64) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { close(socket_); }
  std::string At() const { return "127.0.0.1:" + std::to_string(port_); }
  bool WasReached() const { return accept(socket_, nullptr, nullptr) >= 0 || errno != EAGAIN; }

 private:
  int socket_;
  int port_ = 0;
};

// Of the children that have ended.
double ProcessorSeconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string Data(const std::string& expression) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  it: {{ " + expression +
         " | quote }}\n";
}

// What a run says, output or refusal; nothing of the machine may be in it.
std::string Said(const std::string& helm, std::vector<ChartFile> files, std::string values = "{}") {
  const Result<std::string> result = RunHelmTemplate(helm, Ask(std::move(files), std::move(values)));
  const std::string said = result ? *result : result.error().message;
  CHECK_FALSE(Leaks(said));
  return said;
}

TEST_CASE("a chart reads nothing that is not its own") {
  NEEDS_HELM(helm)
  const Canary canary;
  setenv("SLUICE_TEST_SECRET", std::string(kSecret).c_str(), 1);
  const std::string up = "../../../../../../../..";
  std::vector<std::string> expressions = {
      "env \"SLUICE_TEST_SECRET\"",
      "expandenv \"$SLUICE_TEST_SECRET\"",
      "lookup \"v1\" \"Secret\" \"\" \"\" | toJson",
      "lookup \"v1\" \"Secret\" \"kube-system\" \"x\" | toJson",
      "(lookup \"v1\" \"Namespace\" \"\" \"\").items | toJson",
      ".Files.Glob \"/etc/*\" | toJson",
      ".Files.Glob \"../**\" | toJson",
      "(.Files.Glob \"**\").AsConfig",
      "(.Files.Glob \"**\").AsSecrets",
      ".Files.AsConfig",
      "tpl \"{{ .Files.Get \\\"/etc/passwd\\\" }}\" .",
      "tpl \"{{ env \\\"SLUICE_TEST_SECRET\\\" }}\" .",
      "include \"/etc/passwd\" .",
      "template \"/etc/passwd\"",
      ".Chart.Annotations | toJson",
      ".Template.BasePath",
      "osBase \"/etc/passwd\"",
  };
  for (const std::string& path :
       {canary.Path(), up + canary.Path(), std::string("/etc/passwd"), up + "/etc/passwd",
        std::string("../values.json"), std::string("values.json"), std::string("/proc/self/environ"),
        std::string("/proc/1/environ"), std::string("file:///etc/passwd"),
        std::string("charts/../../values.json"), std::string("templates/../../values.json")})
    for (const char* how : {"Get", "GetBytes", "Lines"})
      expressions.push_back(".Files." + std::string(how) + " \"" + path + "\" | toString");
  for (const std::string& expression : expressions) {
    INFO(expression);
    const std::string said = Said(helm, {FileOf("templates/a.yaml", Data(expression))}, R"({"v":"plain"})");
    CHECK(said.find("\"v\"") == said.npos);
  }
}

TEST_CASE("a chart's own files name nothing outside") {
  NEEDS_HELM(helm)
  const Canary canary;
  const std::string data = Data("\"x\"");
  for (const std::string& path : {canary.Path(), "file://" + canary.Path(),
                                  std::string("../../../../../etc/passwd"), std::string("/etc/passwd")}) {
    const std::string dependency =
        "apiVersion: v2\nname: web\nversion: 1.2.3\ndependencies:\n- name: d\n  version: 1.0.0\n"
        "  repository: \"" +
        path + "\"\n";
    HelmRequest request = Ask({FileOf("templates/a.yaml", data)});
    request.chart[0].bytes = dependency;
    const Result<std::string> result = RunHelmTemplate(helm, request);
    REQUIRE_FALSE(result);
    CHECK_FALSE(Leaks(result.error().message));
    Said(helm,
         {FileOf("Chart.lock", path), FileOf("requirements.yaml", path), FileOf("templates/a.yaml", data)});
    Said(helm, {FileOf(".helmignore", path), FileOf("templates/a.yaml", data)});
    Said(helm, {FileOf("values.schema.json", R"({"$ref":"file://)" + path + "\"}"),
                FileOf("templates/a.yaml", data)});
    Said(helm,
         {FileOf("values.schema.json", R"({"$ref":")" + path + "\"}"), FileOf("templates/a.yaml", data)});
  }
}

// Charts that would have helm start something that touches `target`.
std::vector<std::vector<ChartFile>> ChartsThatStart(const std::string& target) {
  std::vector<std::vector<ChartFile>> charts;
  const ChartFile plain = FileOf("templates/a.yaml", Data("\"x\""));
  const std::string run =
      "name: x\nversion: 1.0.0\napiVersion: v1\nruntime: subprocess\nhooks: {install: \"touch " + target +
      "\"}\ncommand: \"$HELM_PLUGIN_DIR/x.sh\"\n";
  for (const char* place :
       {"plugin.yaml", "plugins/x/plugin.yaml", "nowhere/x/plugin.yaml", "helm/plugins/x/plugin.yaml",
        ".helm/plugins/x/plugin.yaml", ".local/share/helm/plugins/x/plugin.yaml", "post-renderer",
        "config/repositories.yaml"}) {
    const std::string path = place;
    for (const char* type :
         {"type: postrenderer/v1\nruntimeConfig: {platformCommand: [{command: \"$HELM_PLUGIN_DIR/x.sh\"}]}\n",
          "type: getter/v1\nconfig: {protocols: [evil]}\nruntimeConfig: {protocolCommands: [{protocols: "
          "[evil], "
          "platformCommand: [{command: \"$HELM_PLUGIN_DIR/x.sh\"}]}]}\n"})
      charts.push_back(
          {FileOf(path, type + run),
           FileOf(path.substr(0, path.rfind('/') + 1) + "x.sh", "#!/bin/sh\ntouch " + target + "\n"), plain});
  }
  for (const char* hook :
       {"pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade", "post-upgrade",
        "pre-rollback", "post-rollback", "test", "crd-install", "post-render"})
    charts.push_back(
        {FileOf("templates/a.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {helm.sh/hook: " +
                    std::string(hook) + "}\nspec: {command: [touch, " + target + "]}\n")});
  for (const char* call :
       {"exec \"touch\" \"TARGET\"", "shell \"touch TARGET\"", "sh \"touch TARGET\"", "call .Files.Get \"a\"",
        "call .Release \"touch TARGET\"", "(.Files.Exec \"touch TARGET\")", "writeFile \"TARGET\" \"x\"",
        "os.WriteFile \"TARGET\" \"x\"", "readFile \"/etc/passwd\"", "plugin \"x\"", "js \"touch TARGET\"",
        "fromYaml \"a: !!python/object/apply:os.system [touch TARGET]\" | toJson",
        "fromYaml \"a: !exec touch TARGET\" | toJson", "tpl \"{{ exec `touch TARGET` }}\" .",
        "tpl \"{{ call .Values.f }}\" .", "include \"| touch TARGET\" .", "printf \"$(touch TARGET)\""}) {
    std::string text = Data(call);
    for (std::size_t at; (at = text.find("TARGET")) != text.npos;) text.replace(at, 6, target);
    charts.push_back({FileOf("templates/a.yaml", text)});
  }
  const std::vector<std::string> names = {"--post-renderer=x", "-x", "$(touch x)", "a;touch x", "`touch x`"};
  for (const std::string& name : names)
    charts.push_back({FileOf("templates/" + name + ".yaml", Data("\"x\"")), FileOf(name, "x"),
                      FileOf("templates/NOTES.txt", name), plain});
  return charts;
}

TEST_CASE("nothing that a chart holds starts a program or leaves a file") {
  NEEDS_HELM(helm)
  const Canary canary;
  const std::string target = std::filesystem::path(canary.Path()).parent_path() / "pwned";
  const auto charts = ChartsThatStart(target);
  CHECK(charts.size() > 45);
  for (const std::vector<ChartFile>& chart : charts) {
    INFO(chart.front().path.text() << "\n" << chart.front().bytes);
    Said(helm, chart);
    CHECK_FALSE(std::filesystem::exists(target));
  }
  CHECK(canary.Files() == 1);
}

TEST_CASE("nothing that values, names or versions hold starts a program or leaves a file") {
  NEEDS_HELM(helm)
  const Canary canary;
  const std::string target = std::filesystem::path(canary.Path()).parent_path() / "pwned";
  for (std::string values : {R"({"postRenderer":{"exec":"TARGET"}})", R"({"--post-renderer":"TARGET"})",
                             R"({"global":{"exec":"TARGET"}})", R"({"post-renderer-args":["TARGET"]})",
                             R"-({"a":"$(touch TARGET)","b":"`touch TARGET`","c":"; touch TARGET #"})-"}) {
    for (std::size_t at; (at = values.find("TARGET")) != values.npos;) values.replace(at, 6, target);
    Said(helm, {FileOf("templates/a.yaml", Data("toJson .Values"))}, values);
  }
  for (const std::string& word :
       {"--post-renderer=" + target, std::string("--post-renderer"), std::string("-x"),
        "$(touch " + target + ")", "a; touch " + target, "`touch " + target + "`",
        "a\n--post-renderer=" + target, std::string("../x"), std::string(), std::string("a\0b", 3)}) {
    INFO(word);
    HelmRequest named = Ask({FileOf("templates/a.yaml", Data("\"x\""))}), in = named, of = named,
                with = named;
    named.release = word;
    in.ns = word;
    of.kube_version = "1.34" + word;
    with.api_versions = {word};
    for (const HelmRequest* request : {&named, &in, &of, &with}) {
      if (request == &of && word.empty()) continue;
      const Result<std::string> result = RunHelmTemplate(helm, *request);
      REQUIRE_FALSE(result);
      CHECK(result.error().kind == ErrorKind::kUsage);
    }
  }
  CHECK_FALSE(std::filesystem::exists(target));
  CHECK(canary.Files() == 1);
}

TEST_CASE("no packet leaves: schemas, repositories, names") {
  NEEDS_HELM(helm)
  const Listener listener;
  for (const std::string& scheme : {std::string("http"), std::string("https")}) {
    const std::string url = scheme + "://" + listener.At();
    for (const std::string& schema :
         {R"({"$ref":")" + url + "/schema.json\"}", R"({"properties":{"a":{"$ref":")" + url + "/a.json\"}}}",
          R"({"allOf":[{"$ref":")" + url + "/a.json#/definitions/x\"}]}",
          R"({"$schema":")" + url + "/draft\"}",
          R"({"$id":")" + url + R"(/","properties":{"a":{"$ref":"b.json"}}})"}) {
      INFO(schema);
      Said(helm, {FileOf("values.schema.json", schema), FileOf("templates/a.yaml", Data("\"x\""))},
           R"({"a":1})");
    }
    HelmRequest request = Ask({FileOf("templates/a.yaml", Data("\"x\""))});
    request.chart[0].bytes += "dependencies:\n- {name: d, version: 1.0.0, repository: \"" + url + "\"}\n";
    CHECK_FALSE(RunHelmTemplate(helm, request));
    request.chart[0].bytes =
        "apiVersion: v2\nname: web\nversion: 1.2.3\nicon: " + url + "/icon\nsources: [" + url + "]\n";
    CHECK(RunHelmTemplate(helm, request));
  }
  for (const char* name : {"example.com", "localhost", "127.0.0.1", "169.254.169.254"}) {
    const std::string said =
        Said(helm, {FileOf("templates/a.yaml", Data("getHostByName \"" + std::string(name) + "\""))});
    CHECK(said.find("it: \"\"") != said.npos);
  }
  CHECK_FALSE(listener.WasReached());
}

TEST_CASE("a bomb is stopped, and the limit is named or helm's own is") {
  NEEDS_HELM(helm)
  // Small limits: the test must not take half an hour.
  const HelmLimits limits{.wall = std::chrono::seconds(4),
                          .cpu = std::chrono::seconds(2),
                          .memory_bytes = 256u << 20,
                          .output_bytes = 1u << 20};
  struct Bomb {
    const char* name;
    std::vector<ChartFile> files;
  };
  std::string brackets = "{{ ", pyramid = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  brackets += std::string(200'000, '(') + "1" + std::string(200'000, ')') + " }}";
  for (int i = 1; i < 9; ++i) {
    const std::string one = "*a" + std::to_string(i - 1);
    pyramid += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + one;
    for (int k = 0; k < 8; ++k) pyramid += ", " + one;
    pyramid += "]\n";
  }
  const auto in_template = [](const char* name, std::string text) {
    return Bomb{name, {FileOf("templates/a.yaml", std::move(text))}};
  };
  const Bomb bombs[] = {
      in_template("until 1e9", "{{ range until 1000000000 }}{{ end }}"),
      in_template("nested ranges", "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"),
      in_template("endless include", "{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}"),
      in_template("endless template",
                  "{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}"),
      in_template(
          "two that call one another",
          "{{ define \"x\" }}{{ include \"y\" . }}{{ end }}{{ define \"y\" }}{{ include \"x\" . }}{{ end }}"
          "{{ include \"x\" . }}"),
      in_template("endless tpl",
                  "{{ $_ := set .Values \"t\" \"{{ tpl .Values.t . }}\" }}{{ tpl .Values.t . }}"),
      in_template("repeat", "{{ repeat 2000000000 \"x\" }}"),
      in_template("repeat of repeat", "{{ repeat 100000 (repeat 100000 \"x\") }}"),
      in_template("a text that doubles",
                  "{{ $s := \"x\" }}{{ range until 60 }}{{ $s = print $s $s }}{{ end }}{{ $s }}"),
      in_template("a list that doubles",
                  "{{ $l := list 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}{{ len $l }}"),
      in_template("much output", "{{ range until 200000 }}{{ repeat 1000 \"x\" }}\n{{ end }}"),
      in_template("a wide printf", "{{ printf \"%2000000000d\" 1 }}"),
      in_template("seq", "{{ seq 1 1 2000000000 }}"),
      in_template("untilStep", "{{ range untilStep 0 2000000000 1 }}{{ end }}"),
      in_template("a key of great cost",
                  "{{ genPrivateKey \"rsa\" }}{{ range until 100000 }}{{ genPrivateKey \"rsa\" }}{{ end }}"),
      in_template("bcrypt", "{{ range until 100000 }}{{ bcrypt \"x\" }}{{ end }}"),
      in_template("derivePassword",
                  "{{ range until 100000 }}{{ derivePassword 1 \"long\" \"p\" \"u\" \"d\" }}{{ end }}"),
      in_template("a regular expression",
                  "{{ regexReplaceAll \"(a*)*b\" (repeat 5000000 \"a\") \"\" }}{{ range until 100000 }}"
                  "{{ regexMatch \"(x+x+)+y\" (repeat 100000 \"x\") }}{{ end }}"),
      in_template("brackets", brackets),
      in_template("aliases in the output", "apiVersion: v1\nkind: ConfigMap\n" + pyramid),
      {"aliases in the values",
       {FileOf("values.yaml", pyramid), FileOf("templates/a.yaml", "x: {{ toJson .Values }}")}},
      {"a schema that refers to itself",
       {FileOf(
            "values.schema.json",
            R"({"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}})"),
        FileOf("templates/a.yaml", "{{ range until 1000000000 }}{{ end }}")}},
      {"a schema of deep alternatives",
       {FileOf(
            "values.schema.json",
            R"({"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"properties":{"n":{"$ref":"#/$defs/a"}},"required":["n"]}]}},"$ref":"#/$defs/a"})"),
        FileOf("templates/a.yaml", "{{ range until 1000000000 }}{{ end }}")}},
      {"a packed chart that is none",
       {FileOf("charts/d-1.0.0.tgz", std::string(1u << 20, '\0')), FileOf("templates/a.yaml", "x: 1")}},
  };
  for (const Bomb& bomb : bombs) {
    INFO(bomb.name);
    const double before = ProcessorSeconds();
    const Result<std::string> result = RunHelmTemplate(helm, Ask(bomb.files), limits);
    CHECK(ProcessorSeconds() - before < static_cast<double>(limits.cpu.count()) + 1);
    REQUIRE_FALSE(result);
    const ErrorKind kind = result.error().kind;
    INFO(result.error().message);
    CHECK((kind == ErrorKind::kLimit || kind == ErrorKind::kConfiguration));
    CHECK(result.error().message.size() < 600);
    CHECK((waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD));
  }
}

TEST_CASE("one release leaves nothing for the next") {
  NEEDS_HELM(helm)
  const std::vector<ChartFile> plain = {FileOf("templates/a.yaml", Data("toJson .Values"))};
  const std::string before = Said(helm, plain, R"({"a":1})");
  Said(helm,
       {FileOf("values.yaml", "b: poison\n"), FileOf("templates/a.yaml", "{{ $_ := set .Values \"b\" 1 }}"),
        FileOf("crds/a.yaml", "kind: CustomResourceDefinition\n")});
  CHECK(Said(helm, plain, R"({"a":1})") == before);
}

}  // namespace
}  // namespace sluice::manifests::render
