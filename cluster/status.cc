#include "cluster/status.h"

#include "cluster/members.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

std::vector<StatusCause> CausesOf(const Node* root) {
  std::vector<StatusCause> causes;
  for (const Node& cause : ElementsAt(root, {"details", "causes"}))
    causes.push_back(
        {StringAt(&cause, {"reason"}), StringAt(&cause, {"message"}), StringAt(&cause, {"field"})});
  return causes;
}

}  // namespace

ServerStatus StatusOf(const Node* root, std::string_view text) {
  ServerStatus status;
  const bool is_status = StringAt(root, {"kind"}) == "Status";
  status.message = is_status ? StringAt(root, {"message"}) : text;
  status.said = status.message;
  if (!is_status) return status;
  status.reason = StringAt(root, {"reason"});
  status.causes = CausesOf(root);
  constexpr std::string_view kForbids = "\" is forbidden: ";
  const std::size_t at = status.message.find(kForbids);
  status.forbids = at != status.message.npos;
  if (status.forbids) status.said = status.message.substr(at + kForbids.size());
  return status;
}

}  // namespace sluice::cluster
