#include "cluster/exec_plugin.h"

#include <unistd.h>

#include <algorithm>

#include "cluster/server_time.h"
#include "crypto/base64.h"
#include "manifests/document.h"
#include "manifests/object.h"
#include "process/child.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

constexpr std::size_t kMaxOutput = 1u << 20;
constexpr std::size_t kMaxLine = 200;

std::string JsonText(std::string_view text) {
  Node node;
  node.kind = manifests::NodeKind::kString;
  node.text = text;
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

std::string ClusterInfo(const Access& access) {
  const net::Url& server = access.server;
  std::string json = "{";
  if (!access.tls.ca_pem.empty())
    json += "\"certificate-authority-data\":" + JsonText(crypto::ToBase64(access.tls.ca_pem)) + ",";
  if (!access.exec_config.empty()) json += "\"config\":" + access.exec_config + ",";
  if (access.tls.insecure_skip_verify) json += "\"insecure-skip-tls-verify\":true,";
  if (access.proxy) json += "\"proxy-url\":" + JsonText(access.proxy->Origin()) + ",";
  json += "\"server\":" + JsonText(server.Origin() + (server.target == "/" ? "" : server.target));
  if (!access.tls.server_name.empty()) json += ",\"tls-server-name\":" + JsonText(access.tls.server_name);
  return json + "}";
}

std::string ValueOf(const std::vector<std::string>& environment, std::string_view name) {
  for (const std::string& one : environment)
    if (one.starts_with(name) && one.size() > name.size() && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  return {};
}

// The program of that name in PATH; empty where there is none. Directories that
// are relative are left out: what they hold depends on where we stand.
std::string FindInPath(const std::string& name, const std::string& path) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t colon = std::min(path.find(':', at), path.size());
    const std::string program = path.substr(at, colon - at) + "/" + name;
    if (program.front() == '/' && colon > at && access(program.c_str(), X_OK) == 0) return program;
    at = colon + 1;
  }
  return {};
}

Result<std::string> ProgramOf(const ExecPlugin& exec, const ExecOptions& options) {
  if (exec.command.starts_with('/')) return exec.command;
  if (exec.command.find('/') != std::string::npos) {
    char directory[4096];
    if (!getcwd(directory, sizeof directory)) return Failed("the working directory is unknown");
    return directory + ("/" + exec.command);
  }
  std::string found = FindInPath(exec.command, ValueOf(options.environment, "PATH"));
  if (!found.empty()) return found;
  const std::string hint = exec.install_hint.empty() ? "" : ": " + exec.install_hint.substr(0, 500);
  return Error{ErrorKind::kConfiguration, "the exec plugin \"" + exec.command + "\" is not in PATH" + hint,
               exec.place.file, exec.place.at};
}

// Later variables win, as in a shell's environment.
std::vector<std::string> EnvironmentOf(const Access& access, const ExecOptions& options) {
  std::vector<std::string> environment = options.environment;
  const auto set = [&](const std::string& name, const std::string& value) {
    std::erase_if(environment, [&](const std::string& one) { return one.starts_with(name + "="); });
    environment.push_back(name + "=" + value);
  };
  for (const auto& [name, value] : access.exec->environment) set(name, value);
  set("KUBERNETES_EXEC_INFO", ExecInfo(access));
  return environment;
}

std::string FirstLine(const std::string& text) {
  std::string line;
  for (const char c : std::string_view(text).substr(0, std::min(text.find('\n'), kMaxLine)))
    line += c >= ' ' && c < 0x7f ? c : '?';
  return line;
}

std::optional<Error> HowItFailed(const process::ChildResult& result, const ExecPlugin& exec,
                                 std::chrono::milliseconds deadline) {
  const std::string who = "the exec plugin \"" + exec.command + "\" ";
  if (result.timed_out)
    return LimitPassed(who + "did not end within " + std::to_string(deadline.count()) + " ms");
  if (result.output_cut) return LimitPassed(who + "printed more than 1 MiB");
  if (result.exit_code == 0) return std::nullopt;
  const std::string how = result.signal != 0 ? "was ended by signal " + std::to_string(result.signal)
                                             : "failed with exit code " + std::to_string(result.exit_code);
  const std::string line = FirstLine(result.error_output);
  return Failed(who + how + (line.empty() ? "" : ": " + line));
}

Status ReadStatus(const Node& status, ExecCredential& credential) {
  const std::pair<std::string_view, std::string*> texts[] = {
      {"token", &credential.token},
      {"clientCertificateData", &credential.certificate_pem},
      {"clientKeyData", &credential.key_pem}};
  for (const auto& [key, to] : texts) {
    const Node* node = status.Find(key);
    if (!node || node->kind == manifests::NodeKind::kNull) continue;
    if (!node->IsString()) return Failed("\"" + std::string(key) + "\" must be text");
    *to = node->text;
  }
  if (credential.certificate_pem.empty() != credential.key_pem.empty())
    return Failed("it gave one of clientCertificateData and clientKeyData without the other");
  if (credential.token.empty() && credential.key_pem.empty())
    return Failed("it gave neither a token nor a client certificate");
  const Node* expires = status.Find("expirationTimestamp");
  if (!expires || expires->kind == manifests::NodeKind::kNull) return Ok{};
  credential.expires = ParseServerTime(expires->String());
  return credential.expires ? Status(Ok{})
                            : Failed("\"expirationTimestamp\" must be a time such as 2026-01-31T12:00:00Z");
}

}  // namespace

std::string ExecInfo(const Access& access) {
  std::string json =
      "{\"apiVersion\":" + JsonText(access.exec->api_version) + ",\"kind\":\"ExecCredential\",\"spec\":{";
  if (access.exec->provide_cluster_info) json += "\"cluster\":" + ClusterInfo(access) + ",";
  return json + "\"interactive\":false}}";
}

Result<ExecCredential> ParseExecCredential(const std::string& json, const std::string& api_version) {
  const manifests::ParsedFile file = manifests::Parse("ExecCredential", json, Limits());
  if (!file.Readable() || file.documents.size() != 1) return Failed("it printed no ExecCredential");
  const Node& root = *file.documents[0].root;
  const Node* kind = root.Find("kind");
  const Node* version = root.Find("apiVersion");
  const Node* status = root.Find("status");
  if (!kind || kind->String() != "ExecCredential") return Failed("it printed no ExecCredential");
  if (!version || version->String() != api_version)
    return Failed("it answered with another apiVersion than " + api_version);
  if (!status || status->kind != manifests::NodeKind::kMapping)
    return Failed("its ExecCredential has no status");
  ExecCredential credential;
  if (Status read = ReadStatus(*status, credential); !read) return read.error();
  return credential;
}

Result<ExecCredential> RunExecPlugin(const Access& access, const ExecOptions& options) {
  const ExecPlugin& exec = *access.exec;
  Result<std::string> program = ProgramOf(exec, options);
  if (!program) return program.error();
  process::ChildOptions child{.argv = {*program},
                              .environment = EnvironmentOf(access, options),
                              .output_limit = kMaxOutput,
                              .deadline = options.deadline};
  child.argv.insert(child.argv.end(), exec.arguments.begin(), exec.arguments.end());
  Result<process::ChildResult> result = process::Run(child);
  if (!result) return result.error();
  if (const auto failed = HowItFailed(*result, exec, options.deadline)) return *failed;
  Result<ExecCredential> credential = ParseExecCredential(result->output, exec.api_version);
  if (!credential) return Failed("the exec plugin \"" + exec.command + "\": " + credential.error().message);
  return credential;
}

}  // namespace sluice::cluster
