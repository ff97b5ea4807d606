// One table of fields for each kind of entry; null means unset, as in Go.
#include "cluster/kubeconfig.h"

#include <algorithm>
#include <span>

#include "crypto/base64.h"
#include "manifests/document.h"
#include "manifests/object.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::string_view kExecExtension = "client.authentication.k8s.io/exec";

enum class Form : std::uint8_t { kText, kPath, kBase64 };

template <class T>
struct TextField {
  std::string_view name;
  std::string T::*to;
  Form form = Form::kText;
};

constexpr TextField<KubeCluster> kClusterFields[] = {
    {"server", &KubeCluster::server},
    {"tls-server-name", &KubeCluster::tls_server_name},
    {"certificate-authority", &KubeCluster::certificate_authority, Form::kPath},
    {"certificate-authority-data", &KubeCluster::certificate_authority_data, Form::kBase64},
    {"proxy-url", &KubeCluster::proxy_url},
};
constexpr TextField<KubeUser> kUserFields[] = {
    {"client-certificate", &KubeUser::client_certificate, Form::kPath},
    {"client-certificate-data", &KubeUser::client_certificate_data, Form::kBase64},
    {"client-key", &KubeUser::client_key, Form::kPath},
    {"client-key-data", &KubeUser::client_key_data, Form::kBase64},
    {"token", &KubeUser::token},
    {"tokenFile", &KubeUser::token_file, Form::kPath},
    {"username", &KubeUser::username},
    {"password", &KubeUser::password},
    {"as", &KubeUser::as},
    {"as-uid", &KubeUser::as_uid},
};
constexpr TextField<KubeContext> kContextFields[] = {
    {"cluster", &KubeContext::cluster}, {"user", &KubeContext::user}, {"namespace", &KubeContext::ns}};
constexpr TextField<ExecPlugin> kExecFields[] = {
    {"apiVersion", &ExecPlugin::api_version},
    {"command", &ExecPlugin::command},
    {"installHint", &ExecPlugin::install_hint},
    {"interactiveMode", &ExecPlugin::interactive_mode},
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  Status Read(const Node& root, Kubeconfig& config);

 private:
  Place At(const Node& node) const { return {path_, node.range.begin}; }
  Error Wrong(const Node& node, std::string message) const {
    return {ErrorKind::kConfiguration, std::move(message), path_, node.range.begin};
  }
  static std::string Quoted(const Node& node) { return "\"" + std::string(node.key) + "\""; }
  std::string Beside(std::string_view path) const;

  template <class T>
  Status Fields(const Node& mapping, std::span<const TextField<T>> fields, T& entry) const;
  Status Text(const Node& node, std::string& text, Form form = Form::kText) const;
  Status Flag(const Node* node, bool& flag) const;
  Status Texts(const Node* node, std::vector<std::string>& texts) const;
  // Each element of the list `list` of `root`: its name, and its mapping `inner`.
  template <class T, class Each>
  Status Entries(const Node& root, std::string_view list, std::string_view inner,
                 std::map<std::string, T>& entries, Each each) const;
  Status ReadCluster(const Node& node, KubeCluster& cluster) const;
  Status ReadUser(const Node& node, KubeUser& user) const;
  Status ReadExtra(const Node& node, KubeUser& user) const;
  Status ReadExec(const Node& node, ExecPlugin& exec) const;
  Status ReadVariables(const Node& node, ExecPlugin& exec) const;

  const std::string& path_;
};

// Relative paths are meant beside the file.
std::string Reader::Beside(std::string_view path) const {
  if (path.empty() || path.front() == '/') return std::string(path);
  const std::size_t slash = path_.rfind('/');
  return (slash == path_.npos ? std::string() : path_.substr(0, slash + 1)) + std::string(path);
}

Status Reader::Text(const Node& node, std::string& text, Form form) const {
  if (node.kind == NodeKind::kNull) return Ok{};
  if (!node.IsString()) return Wrong(node, Quoted(node) + " must be text");
  text = node.text;
  if (form == Form::kPath) text = Beside(text);
  if (form != Form::kBase64) return Ok{};
  auto bytes = crypto::FromBase64(node.text, crypto::Blanks::kSkipLineEnds);
  if (!bytes) return Wrong(node, Quoted(node) + " must be base64");
  text = std::move(*bytes);
  return Ok{};
}

template <class T>
Status Reader::Fields(const Node& mapping, std::span<const TextField<T>> fields, T& entry) const {
  for (const TextField<T>& field : fields) {
    const Node* node = mapping.Find(field.name);
    if (!node) continue;
    if (Status read = Text(*node, entry.*field.to, field.form); !read) return read;
  }
  return Ok{};
}

Status Reader::Flag(const Node* node, bool& flag) const {
  if (!node || node->kind == NodeKind::kNull) return Ok{};
  if (node->kind != NodeKind::kBool) return Wrong(*node, Quoted(*node) + " must be true or false");
  flag = node->value.boolean;
  return Ok{};
}

Status Reader::Texts(const Node* node, std::vector<std::string>& texts) const {
  if (!node || node->kind == NodeKind::kNull) return Ok{};
  if (node->kind != NodeKind::kSequence) return Wrong(*node, Quoted(*node) + " must be a list");
  for (const Node& one : node->children) {
    if (!one.IsString()) return Wrong(one, Quoted(*node) + " must be a list of texts");
    texts.emplace_back(one.text);
  }
  return Ok{};
}

template <class T, class Each>
Status Reader::Entries(const Node& root, std::string_view list, std::string_view inner,
                       std::map<std::string, T>& entries, Each each) const {
  const Node* all = root.Find(list);
  if (!all || all->kind == NodeKind::kNull) return Ok{};
  if (all->kind != NodeKind::kSequence) return Wrong(*all, Quoted(*all) + " must be a list");
  for (const Node& one : all->children) {
    const Node* name = one.Find("name");
    if (one.kind != NodeKind::kMapping || !name || !name->IsString())
      return Wrong(one, "an entry of " + Quoted(*all) + " must have a name");
    const auto [entry, is_new] = entries.try_emplace(std::string(name->text));
    if (!is_new) return Wrong(*name, "the name \"" + entry->first + "\" stands twice in " + Quoted(*all));
    entry->second.place = At(one);
    const Node* body = one.Find(inner);
    if (!body || body->kind == NodeKind::kNull) continue;
    if (body->kind != NodeKind::kMapping) return Wrong(*body, Quoted(*body) + " must be a mapping");
    if (Status read = each(*body, entry->second); !read) return read;
  }
  return Ok{};
}

Status Reader::ReadCluster(const Node& node, KubeCluster& cluster) const {
  if (Status read = Fields<KubeCluster>(node, kClusterFields, cluster); !read) return read;
  const Node* extensions = node.Find("extensions");
  for (const Node& one : extensions ? extensions->children : std::span<const Node>()) {
    const Node* name = one.Find("name");
    const Node* value = one.Find("extension");
    if (name && value && name->String() == kExecExtension)
      manifests::CanonicalJson(*value, cluster.exec_config);
  }
  return Flag(node.Find("insecure-skip-tls-verify"), cluster.insecure_skip_tls_verify);
}

Status Reader::ReadUser(const Node& node, KubeUser& user) const {
  if (Status read = Fields<KubeUser>(node, kUserFields, user); !read) return read;
  if (Status read = Texts(node.Find("as-groups"), user.as_groups); !read) return read;
  const Node* provider = node.Find("auth-provider");
  user.auth_provider = provider && provider->kind != NodeKind::kNull;
  if (const Node* extra = node.Find("as-user-extra"); extra && extra->kind != NodeKind::kNull)
    if (Status read = ReadExtra(*extra, user); !read) return read;
  const Node* exec = node.Find("exec");
  if (!exec || exec->kind == NodeKind::kNull) return Ok{};
  return ReadExec(*exec, user.exec.emplace());
}

Status Reader::ReadExtra(const Node& node, KubeUser& user) const {
  if (node.kind != NodeKind::kMapping) return Wrong(node, Quoted(node) + " must be a mapping of lists");
  for (const Node& one : node.children)
    if (Status read = Texts(&one, user.as_user_extra[std::string(one.key)]); !read) return read;
  return Ok{};
}

Status Reader::ReadExec(const Node& node, ExecPlugin& exec) const {
  if (node.kind != NodeKind::kMapping) return Wrong(node, Quoted(node) + " must be a mapping");
  exec.place = At(node);
  if (Status read = Fields<ExecPlugin>(node, kExecFields, exec); !read) return read;
  if (exec.command.find('/') != std::string::npos) exec.command = Beside(exec.command);
  if (Status read = Texts(node.Find("args"), exec.arguments); !read) return read;
  if (Status read = Flag(node.Find("provideClusterInfo"), exec.provide_cluster_info); !read) return read;
  const Node* variables = node.Find("env");
  return variables && variables->kind != NodeKind::kNull ? ReadVariables(*variables, exec) : Status(Ok{});
}

Status Reader::ReadVariables(const Node& node, ExecPlugin& exec) const {
  if (node.kind != NodeKind::kSequence) return Wrong(node, Quoted(node) + " must be a list");
  for (const Node& one : node.children) {
    const Node* name = one.Find("name");
    const Node* value = one.Find("value");
    if (!name || name->String().empty() || name->text.find('=') != name->text.npos)
      return Wrong(one, "a variable of \"env\" must have a name");
    std::string text;
    if (value)
      if (Status read = Text(*value, text); !read) return read;
    exec.environment.emplace_back(name->text, std::move(text));
  }
  return Ok{};
}

Status Reader::Read(const Node& root, Kubeconfig& config) {
  if (root.kind == NodeKind::kNull) return Ok{};
  if (root.kind != NodeKind::kMapping) return Wrong(root, "a kubeconfig must be a mapping");
  const std::pair<std::string_view, std::string_view> kinds[] = {{"apiVersion", "v1"}, {"kind", "Config"}};
  for (const auto& [key, wanted] : kinds) {
    const Node* node = root.Find(key);
    if (node && node->kind != NodeKind::kNull && node->String() != wanted)
      return Wrong(*node, Quoted(*node) + " of a kubeconfig must be " + std::string(wanted));
  }
  if (const Node* current = root.Find("current-context")) {
    if (Status read = Text(*current, config.current_context); !read) return read;
    config.current_context_place = At(*current);
  }
  Status read = Entries(root, "clusters", "cluster", config.clusters,
                        [&](const Node& node, KubeCluster& cluster) { return ReadCluster(node, cluster); });
  if (!read) return read;
  read = Entries(root, "users", "user", config.users,
                 [&](const Node& node, KubeUser& user) { return ReadUser(node, user); });
  if (!read) return read;
  return Entries(root, "contexts", "context", config.contexts, [&](const Node& node, KubeContext& context) {
    return Fields<KubeContext>(node, kContextFields, context);
  });
}

Error FirstProblem(const manifests::ParsedFile& file) {
  for (const Finding& finding : file.findings)
    if (finding.severity == Severity::kError)
      return {ErrorKind::kConfiguration, finding.message, file.path, finding.range.begin};
  return {ErrorKind::kConfiguration, "cannot be read as YAML", file.path, {}};
}

}  // namespace

Result<Kubeconfig> ParseKubeconfig(const std::string& path, std::string bytes) {
  const manifests::ParsedFile file = manifests::Parse(path, std::move(bytes), Limits());
  if (!file.Readable()) return FirstProblem(file);
  Kubeconfig config;
  config.files.push_back(path);
  if (file.documents.empty()) return config;
  if (file.documents.size() > 1) {
    return Error{ErrorKind::kConfiguration, "a kubeconfig is one document, not several", path,
                 file.documents[1].range.begin};
  }
  if (Status read = Reader(path).Read(*file.documents[0].root, config); !read) return read.error();
  return config;
}

void MergeKubeconfig(Kubeconfig& first, Kubeconfig second) {
  if (first.current_context.empty()) {
    first.current_context = std::move(second.current_context);
    first.current_context_place = std::move(second.current_context_place);
  }
  first.clusters.merge(second.clusters);
  first.users.merge(second.users);
  first.contexts.merge(second.contexts);
  first.files.insert(first.files.end(), second.files.begin(), second.files.end());
}

}  // namespace sluice::cluster
