#include "cluster/credentials.h"

#include <algorithm>
#include <iterator>

#include "tests/catch.h"
#include "tests/cluster/files.h"

namespace sluice::cluster {
namespace {

using std::chrono::seconds;

const auto kNow = std::chrono::system_clock::from_time_t(1'800'000'000);
const std::string kV1 = "client.authentication.k8s.io/v1";

std::string Authorization(Credentials& credentials, Credentials::Now now = kNow) {
  const Result<Presented> presented = credentials.Present(now);
  if (!presented) return "error: " + presented.error().Text();
  const std::string* value = net::FindHeader(presented->headers, "Authorization");
  return value ? *value : "";
}

TEST_CASE("tokens and passwords") {
  Credentials token({.token = "abc"}, {});
  CHECK(Authorization(token) == "Bearer abc");
  CHECK_FALSE(token.Refused(*token.Present(kNow)));  // there is no other
  Credentials basic({.username = "user", .password = "pass:word"}, {});
  CHECK(Authorization(basic) == "Basic dXNlcjpwYXNzOndvcmQ=");
  Credentials none({}, {});
  CHECK(Authorization(none).empty());
  Credentials injected({.token = "abc\r\nX-Evil: 1"}, {});
  CHECK(Authorization(injected).find("error: ") == 0);
  CHECK(Authorization(injected).find("abc") == std::string::npos);
}

TEST_CASE("a token file is read again after a minute, or when the server refused") {
  const Directory files;
  files.Write("token", " one\n");
  Credentials credentials({.token_file = files.path("token")}, {});
  CHECK(Authorization(credentials) == "Bearer one");
  files.Write("token", "two");
  CHECK(Authorization(credentials, kNow + seconds(59)) == "Bearer one");
  CHECK(Authorization(credentials, kNow + seconds(60)) == "Bearer two");
  files.Write("token", "three");
  CHECK(credentials.Refused(*credentials.Present(kNow + seconds(61))));
  CHECK(Authorization(credentials, kNow + seconds(61)) == "Bearer three");
  files.Write("token", "");
  CHECK(Authorization(credentials, kNow + seconds(200)) == "Bearer three");
}

TEST_CASE("a token file that cannot be read") {
  const Directory files;
  Credentials missing({.token_file = files.path("token")}, {});
  CHECK(Authorization(missing) ==
        "error: " + files.path("token") + ": cannot be read (No such file or directory)");
  files.Write("token", " \n");
  CHECK(Authorization(missing) == "error: " + files.path("token") + ": holds no token");
  files.Write("token", "late");
  CHECK(Authorization(missing) == "Bearer late");
  Credentials both({.token = "abc", .token_file = files.path("none")}, {});
  CHECK(Authorization(both) == "Bearer abc");
  Credentials file_wins({.token = "abc", .token_file = files.path("token")}, {});
  CHECK(Authorization(file_wins) == "Bearer late");
}

// A plugin that says "count" runs into the file "runs" beside it.
struct Plugin {
  explicit Plugin(const std::string& script) {
    files.Write("plugin", "#!/bin/sh\necho run >> " + files.path("runs") + "\n" + script + "\n", true);
    access.exec = ExecPlugin{.api_version = kV1, .command = files.path("plugin")};
  }
  int Runs() const {
    std::ifstream runs(files.path("runs"));
    return static_cast<int>(std::count(std::istreambuf_iterator<char>(runs), {}, '\n'));
  }
  Directory files;
  Access access;
};

std::string Printing(const std::string& status, const std::string& version = kV1) {
  return "printf '%s' '{\"apiVersion\":\"" + version + "\",\"kind\":\"ExecCredential\",\"status\":{" +
         status + "}}'";
}

TEST_CASE("a plugin runs once until what it gave expires or is refused") {
  Plugin forever(Printing("\"token\":\"abc\""));
  Credentials credentials(forever.access, {});
  for (const int later : {0, 100, 1'000'000})
    CHECK(Authorization(credentials, kNow + seconds(later)) == "Bearer abc");
  CHECK(forever.Runs() == 1);
  const Result<Presented> refused = credentials.Present(kNow);
  CHECK(credentials.Refused(*refused));
  CHECK(Authorization(credentials) == "Bearer abc");
  CHECK(forever.Runs() == 2);
  CHECK(credentials.Refused(*refused));  // by another thread, later: renewed already
  CHECK(Authorization(credentials) == "Bearer abc");
  CHECK(forever.Runs() == 2);

  Plugin hour(Printing("\"token\":\"abc\",\"expirationTimestamp\":\"2027-01-15T09:00:00Z\""));  // kNow + 1 h
  Credentials expiring(hour.access, {});
  CHECK(Authorization(expiring) == "Bearer abc");
  CHECK(Authorization(expiring, kNow + seconds(3589)) == "Bearer abc");
  CHECK(hour.Runs() == 1);
  CHECK(Authorization(expiring, kNow + seconds(3591)) == "Bearer abc");
  CHECK(hour.Runs() == 2);
  CHECK(Authorization(expiring, kNow + seconds(3601)).find("gave credentials that are expired") !=
        std::string::npos);
}

TEST_CASE("a plugin is told of the cluster and gets the environment") {
  Plugin plugin("printf '%s' \"$KUBERNETES_EXEC_INFO|$A|$HOME|$1\" > \"$OUT\"; " +
                Printing("\"token\":\"t\""));
  plugin.access.exec->arguments = {"argument"};
  plugin.access.exec->environment = {{"A", "ours"}, {"OUT", plugin.files.path("out")}};
  plugin.access.exec->provide_cluster_info = true;
  plugin.access.exec_config = "{\"a\":1}";
  plugin.access.server = *net::ParseUrl("https://h:6443/x");
  plugin.access.tls = {.ca_pem = "authority", .server_name = "n"};
  Credentials credentials(plugin.access, {.environment = {"A=theirs", "HOME=/h", "PATH=/usr/bin:/bin"}});
  CHECK(Authorization(credentials) == "Bearer t");
  std::ifstream out(plugin.files.path("out"));
  const std::string said{std::istreambuf_iterator<char>(out), {}};
  CHECK(said == "{\"apiVersion\":\"" + kV1 +
                    "\",\"kind\":\"ExecCredential\",\"spec\":{\"cluster\":{\"certificate-authority-data\":"
                    "\"YXV0aG9yaXR5\","
                    "\"config\":{\"a\":1},\"server\":\"https://h:6443/"
                    "x\",\"tls-server-name\":\"n\"},\"interactive\":false}}"
                    "|ours|/h|argument");
}

TEST_CASE("a plugin may give a certificate") {
  Plugin plugin(Printing("\"clientCertificateData\":\"CERT\",\"clientKeyData\":\"KEY\""));
  Credentials credentials(plugin.access, {});
  const Result<Presented> presented = credentials.Present(kNow);
  REQUIRE(presented);
  CHECK((presented->certificate_pem == "CERT" && presented->key_pem == "KEY"));
}

TEST_CASE("a plugin is found in PATH by its name alone") {
  Plugin plugin(Printing("\"token\":\"t\""));
  const std::string directory = plugin.files.path("");
  plugin.access.exec->command = "plugin";
  plugin.access.exec->install_hint = "apt install plugin";
  Credentials found(plugin.access, {.environment = {"PATH=/nowhere::" + directory}});
  CHECK(Authorization(found) == "Bearer t");
  for (const std::string& path : {std::string("PATH=/nowhere"), std::string("PATH="),
                                  std::string("PATH=.:bin"), std::string("HOME=/")}) {
    Credentials missing(plugin.access, {.environment = {path}});
    CHECK(Authorization(missing) == "error: the exec plugin \"plugin\" is not in PATH: apt install plugin");
  }
}

TEST_CASE("plugins that fail") {
  struct Case {
    std::string script;
    const char* words;
  };
  const Case cases[] = {
      {"echo no credentials >&2; exit 3", "failed with exit code 3: no credentials"},
      {"kill -TERM $$", "was ended by signal 15"},
      {"exec sleep 100", "did not end within 300 ms"},
      {"exec cat /dev/zero", "printed more than 1 MiB"},
      {"true", "it printed no ExecCredential"},
      {"echo nonsense", "it printed no ExecCredential"},
      {"echo '{'", "it printed no ExecCredential"},
      {"echo '{\"kind\":\"Secret\"}'", "it printed no ExecCredential"},
      {"echo '[]'", "it printed no ExecCredential"},
      {Printing("\"token\":\"secret\"", "client.authentication.k8s.io/v1beta1"), "another apiVersion"},
      {"echo '{\"apiVersion\":\"" + kV1 + "\",\"kind\":\"ExecCredential\"}'", "has no status"},
      {"echo '{\"apiVersion\":\"" + kV1 + "\",\"kind\":\"ExecCredential\",\"status\":null}'",
       "has no status"},
      {Printing(""), "neither a token nor a client certificate"},
      {Printing("\"token\":\"\""), "neither a token nor a client certificate"},
      {Printing("\"token\":7"), "\"token\" must be text"},
      {Printing("\"token\":\"secret\",\"clientKeyData\":\"secret\""), "without the other"},
      {Printing("\"clientCertificateData\":\"secret\""), "without the other"},
      {Printing("\"token\":\"secret\",\"expirationTimestamp\":\"tomorrow\""), "must be a time"},
      {Printing("\"token\":\"secret\",\"expirationTimestamp\":7"), "must be a time"},
      {Printing("\"token\":\"secret\",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\""), "are expired"},
      {Printing("\"token\":\"secret\\r\\nX: y\""), "hold a line end"},
  };
  for (const Case& one : cases) {
    INFO(one.words);
    Plugin plugin(one.script);
    const bool hangs = one.script == "exec sleep 100";
    Credentials credentials(plugin.access, {.environment = {"PATH=/usr/bin:/bin"},
                                            .deadline = std::chrono::milliseconds(hangs ? 300 : 20'000)});
    const std::string answer = Authorization(credentials);
    CHECK(answer.find("error: ") == 0);
    CHECK(answer.find(one.words) != std::string::npos);
    CHECK(answer.find("secret") == std::string::npos);
  }
}

TEST_CASE("times of expiry") {
  const auto expiry = [](const std::string& time) {
    const Result<ExecCredential> credential = ParseExecCredential(
        R"({"apiVersion":"v","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":")" + time +
            "\"}}",
        "v");
    return credential ? std::chrono::system_clock::to_time_t(*credential->expires) : -1;
  };
  CHECK(expiry("2027-01-15T08:00:00Z") == 1'800'000'000);
  CHECK(expiry("2027-01-15T08:00:00.123456789Z") == 1'800'000'000);
  CHECK(expiry("2027-01-15T10:00:00+02:00") == 1'800'000'000);
  CHECK(expiry("2027-01-15T02:30:00-05:30") == 1'800'000'000);
  for (const char* wrong :
       {"", "2027-01-15", "2027-01-15T08:00:00", "2027-01-15 08:00:00Z", "2027-02-30T08:00:00Z",
        "2027-13-01T08:00:00Z", "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z", "2027-01-15T08:00:00+2:00",
        "2027-01-15T08:00:00+02:60", "2027-01-15T08:00:00ZZ", "-027-01-15T08:00:00Z", "1800000000",
        "2027-01-15T08:00:00.Z1"})
    CHECK(expiry(wrong) == -1);
}

}  // namespace
}  // namespace sluice::cluster
