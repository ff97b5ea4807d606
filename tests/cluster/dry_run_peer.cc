// Asks a real API server about a change, for live_test.py:
//
//   dry_run_peer KUBECONFIG [compare]
//
// reads one object a line, JSON, or "- APIVERSION KIND NAMESPACE NAME" for one
// that goes (a namespace "-": none), and writes what came for each.
#include <cstdio>
#include <iostream>
#include <sstream>

#include "cluster/access.h"
#include "cluster/dry_run.h"
#include "cluster/kubeconfig.h"
#include "cluster/members.h"

namespace sluice::cluster {
namespace {

constexpr const char* kKnown[] = {"taken", "refused", "offline", "unverified"};
constexpr const char* kEffects[] = {"", " created", " updated", " unchanged", " replaced", " deleted"};

DryRunObject ObjectOf(const std::string& line) {
  DryRunObject object;
  if (line.starts_with("- ")) {
    object.removal = true;
    std::istringstream words(line.substr(2));
    words >> object.name.api_version >> object.name.kind >> object.name.ns >> object.name.name;
    if (object.name.ns == "-") object.name.ns.clear();
    return object;
  }
  const JsonObject json = ReadJsonObject(line);
  object.name = {std::string(StringAt(json.root, {"apiVersion"})), std::string(StringAt(json.root, {"kind"})),
                 std::string(StringAt(json.root, {"metadata", "namespace"})),
                 std::string(StringAt(json.root, {"metadata", "name"}))};
  object.json = line;
  return object;
}

void Print(const DryRunObject& object, const DryRunAnswer& answer) {
  std::printf("== %s %s/%s\n%s%s%s%s\n", object.name.kind.c_str(), object.name.ns.c_str(),
              object.name.name.c_str(), kKnown[static_cast<int>(answer.known)],
              kEffects[static_cast<int>(answer.effect)], answer.reason.empty() ? "" : ": ",
              answer.reason.c_str());
  for (const DryRunCause& cause : answer.causes)
    std::printf("  %s %s: %s\n", cause.rule.c_str(), cause.field.c_str(), cause.message.c_str());
  if (!answer.live.empty()) std::printf("  live %s\n", answer.live.c_str());
  if (!answer.taken.empty()) std::printf("  taken %s\n", answer.taken.c_str());
}

int Ask(const std::string& path, bool compare) {
  const Result<Kubeconfig> config = LoadKubeconfig(path, {});
  const Result<Access> access = config ? AccessOf(*config, "") : config.error();
  Result<std::unique_ptr<ApiClient>> client =
      access ? ApiClient::Make(*access, {}) : Result<std::unique_ptr<ApiClient>>(access.error());
  if (!client) return std::fprintf(stderr, "%s\n", client.error().Text().c_str()), 2;
  DryRunRequest request{"test", {}, std::chrono::seconds(60), compare};
  for (std::string line; std::getline(std::cin, line);) request.objects.push_back(ObjectOf(line));
  const DryRunReply reply =
      DryRun(**client, AnswerCache(), {.sends = {.secrets = true, .rbac = true}}, request);
  std::printf("%s %s\n", reply.minor.c_str(), reply.trouble.c_str());
  for (std::size_t i = 0; i < request.objects.size(); ++i) Print(request.objects[i], reply.answers[i]);
  return 0;
}

}  // namespace
}  // namespace sluice::cluster

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: dry_run_peer KUBECONFIG [compare]\n"), 2;
  return sluice::cluster::Ask(argv[1], argc > 2);
}
