"""The rights that an overlay of deploy/agent gives the agent, on a control plane with
controllers, and a kubeconfig that has them and no others."""

import json
import os
import subprocess

from ledger_server import SLUICE

OVERLAYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy/agent/overlays")
RBAC = "/apis/rbac.authorization.k8s.io/v1"
COLLECTIONS = {  # of the kinds that give rights
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
    **{kind: RBAC + "/namespaces/{}/" + kind.lower() + "s" for kind in ("Role", "RoleBinding")},
    **{kind: RBAC + "/" + kind.lower() + "s" for kind in ("ClusterRole", "ClusterRoleBinding")},
}


def deployed_rights(plane, overlay):
    """The kubeconfig's path. The namespaces that the overlay speaks of have to be there."""
    words = [SLUICE, "render", "-o", "json", os.path.join(OVERLAYS, overlay)]
    rendered = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    for built in json.loads(rendered)["builds"][0]["objects"]:
        document = built["object"]
        if document["kind"] in COLLECTIONS:
            meta = document["metadata"]
            plane.apply(COLLECTIONS[document["kind"]].format(meta.get("namespace")) + "/" + meta["name"], document)
    plane.eventually("the parts of the role are taken in",
                     lambda: plane.must("GET", COLLECTIONS["ClusterRole"] + "/sluice-agent")["rules"])
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    path = COLLECTIONS["ServiceAccount"].format("sluice-system") + "/agent/token"
    token = plane.must("POST", path, request)["status"]["token"]
    kubeconfig = plane.path("kubeconfig-agent")
    with open(plane.path("kubeconfig"), encoding="utf-8") as file, open(kubeconfig, "w", encoding="utf-8") as out:
        out.write(file.read().replace(plane.token, token))
    return kubeconfig
