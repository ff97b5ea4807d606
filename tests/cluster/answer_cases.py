"""What is asked of a real API server to learn the shapes of its answers: what
stands there before, and one request a shape. `answers.py` sends them; the
answers stand in answers.json, what Sluice makes of them in answers.txt."""

SHOP = "shop"


def thing(api_version, kind, name, namespace=SHOP, metadata=None, **rest):
    meta = {"name": name, **({"namespace": namespace} if namespace else {}), **(metadata or {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **rest}


def config(name, data=None, namespace=SHOP, **metadata):
    return thing("v1", "ConfigMap", name, namespace, metadata, data=data or {"colour": "blue"})


def template(name, *containers, **spec):
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": list(containers), **spec}}


def container(name="c", image="img:1", **rest):
    return {"name": name, "image": image, **rest}


def workload(kind, name, *containers, spec=None, pod=None, namespace=SHOP):
    return thing("apps/v1", kind, name, namespace, spec={
        "selector": {"matchLabels": {"app": name}},
        "template": template(name, *(containers or [container()]), **(pod or {})), **(spec or {})})


def deployment(name, *containers, **rest):
    return workload("Deployment", name, *containers, **rest)


def gadget(name, **spec):
    return thing("example.com/v1", "Gadget", name, spec=spec)


def policy(name, expression, message=None, reason=None, operations=("CREATE", "UPDATE"), **spec):
    """A policy and its binding for ConfigMaps whose label `judge` is `name`."""
    yield thing("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", name, None, spec={
        "failurePolicy": "Fail",
        "matchConstraints": {"objectSelector": {"matchLabels": {"judge": name}}, "resourceRules": [{
            "apiGroups": [""], "apiVersions": ["v1"], "operations": list(operations), "resources": ["configmaps"]}]},
        "validations": [{"expression": expression, **({"message": message} if message else {}),
                         **({"reason": reason} if reason else {})}], **spec})
    yield thing("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", f"{name}-all", None, spec={
        "policyName": name, "validationActions": ["Warn"] if name == "warns" else ["Deny"],
        **({"paramRef": {"name": "none", "namespace": "shop", "parameterNotFoundAction": "Deny"}}
           if "paramKind" in spec else {})})


def webhook(name, path, url=None):
    """A webhook for ConfigMaps whose label `hook` is `name`."""
    return thing("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", name, None, webhooks=[{
        "name": f"{name}.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None", "timeoutSeconds": 1,
        "clientConfig": {"url": url or f"HOOKS/{path}", **({} if url else {"caBundle": "HOOKS-CA"})},
        "objectSelector": {"matchLabels": {"hook": name}},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                   "resources": ["configmaps"], "scope": "*"}]}])


STRING, INTEGER = {"type": "string"}, {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9}
GADGETS = thing("apiextensions.k8s.io/v1", "CustomResourceDefinition", "gadgets.example.com", None, spec={
    "group": "example.com", "scope": "Namespaced",
    "names": {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "listKind": "GadgetList"},
    "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
        "type": "object", "properties": {"spec": {
            "type": "object", "required": ["size"], "properties": {
                "size": INTEGER, "colour": {"type": "string", "enum": ["red", "green"]},
                "host": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 8},
                "zone": {"type": "string", "x-kubernetes-validations": [
                    {"rule": "self == oldSelf", "message": "zone is immutable"}]},
                "tags": {"type": "array", "items": STRING, "x-kubernetes-list-type": "set", "maxItems": 3},
                "parts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"],
                          "items": {"type": "object", "required": ["id"],
                                    "properties": {"id": STRING, "weight": INTEGER}}},
                "one": {"type": "object", "properties": {"a": STRING, "b": STRING},
                        "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}},
            "x-kubernetes-validations": [
                {"rule": "!has(self.host) || self.size > 1", "message": "a host needs a size above 1",
                 "fieldPath": ".host"}]}}}}}]})

# Sent in this order: by POST; where a field manager is named by apply, and by a
# merge patch where that is an editor.
SETUP = [
    *(thing("v1", "Namespace", name, None) for name in ("shop", "full", "ending", "small")),
    thing("v1", "Namespace", "strict", None, {"labels": {"pod-security.kubernetes.io/enforce": "restricted",
                                                         "pod-security.kubernetes.io/warn": "restricted"}}),
    *(thing("v1", "ServiceAccount", "default", name) for name in ("shop", "full", "strict", "small")),
    GADGETS,
    thing("v1", "LimitRange", "limits", "small", spec={"limits": [{"type": "Container", "max": {"cpu": "1"}}]}),
    thing("v1", "ResourceQuota", "few", "full", spec={"hard": {"count/configmaps": "0", "limits.cpu": "1"}}),
    ("kustomize-controller", deployment("web", container(image="web:1"), container("log"), spec={"replicas": 2})),
    ("argocd-controller", workload("StatefulSet", "db", spec={"serviceName": "db"})),
    ("kubectl", thing("v1", "Service", "web", spec={"ports": [{"name": "http", "port": 80}], "selector": {"app": "w"}})),
    ("kubectl", config("colours", {"red": "1", "green": "2"})),
    ("helm", config("of-helm", {"red": "1"})),
    ("kubectl", config("edited", {"red": "1"})), ("kubectl-edit", config("edited", {"red": "2"})),
    ("kubectl", {**config("fixed"), "immutable": True}),
    ("kubectl", thing("v1", "Secret", "fixed-secret", data={"key": "aHVudGVyMg=="}, immutable=True)),
    ("kubectl", thing("batch/v1", "Job", "migrate", spec={
        "template": template("migrate", container(), restartPolicy="Never")})),
    ("kubectl", thing("v1", "PersistentVolumeClaim", "disk", spec={
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}})),
    ("kubectl", thing("rbac.authorization.k8s.io/v1", "RoleBinding", "readers", subjects=[
        {"kind": "User", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"}],
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"})),
    ("kubectl", thing("v1", "Pod", "lone", spec={"containers": [container()]})),
    ("kubectl", gadget("round", size=2, zone="a", parts=[{"id": "x", "weight": 1}])),
    ("kubectl", config("guarded", finalizers=["example.com/guard"])),
    thing("rbac.authorization.k8s.io/v1", "ClusterRole", "grantor", None, rules=[
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["get", "create", "patch"]},
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "patch"]}]),
    thing("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "grantor", None, subjects=[
        {"kind": "User", "name": "grantor", "apiGroup": "rbac.authorization.k8s.io"}],
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "grantor"}),
    *policy("no-blue", "object.data.colour != 'blue'", "blue is not allowed here"),
    *policy("bare", "object.data.colour != 'blue'"),
    *policy("forbids", "false", "nobody may", "Forbidden"),
    *policy("too-big", "false", "the object is too big", "RequestEntityTooLarge"),
    *policy("breaks", "object.data.size > 3"),
    *policy("warns", "false", "prefer green"),
    *policy("keeps", "false", "this one stays", operations=["DELETE"]),
    *policy("lost", "true", paramKind={"apiVersion": "v1", "kind": "ConfigMap"}),
    webhook("denies", "denies"), webhook("terse", "terse"), webhook("teapot", "teapot"), webhook("warner", "warner"),
    webhook("slow", "slow"), webhook("garbage", "garbage"), webhook("gone", "", "https://127.0.0.1:1/"),
    webhook("unclean", "denies"),
    ("kubectl", config("kept", labels={"judge": "keeps"})),
    thing("apiregistration.k8s.io/v1", "APIService", "v1.away.example.com", None, spec={
        "group": "away.example.com", "version": "v1", "groupPriorityMinimum": 1000, "versionPriority": 10,
        "insecureSkipTLSVerify": True, "service": {"name": "away", "namespace": "shop"}}),
]


def case(name, body, **rest):
    """One request. manager, force, as_user, verb (apply or delete), path, text in
    place of the body where the wire says something else, big: with 4 MiB behind it."""
    return {"name": name, "object": body, **rest}


def labelled(label, value, **rest):
    return config("subject", labels={label: value}, **rest)


def pod(name="p", namespace=SHOP, *containers, **spec):
    return thing("v1", "Pod", name, namespace, spec={"containers": list(containers) or [container()], **spec})


GHP = "ghp_" + "x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1"
ENV = {"name": "A", "value": "1"}

CASES = [
    # Taken.
    case("a new object", config("new")),
    case("a change", config("colours", {"red": "5", "green": "2"}), manager="kubectl"),
    case("the same again", config("colours", {"red": "1", "green": "2"}), manager="kubectl"),
    case("another's fields by force", deployment("web", container(image="web:2"), container("log"),
                                                 spec={"replicas": 2}), manager="sluice", force=True),
    case("a warning of the server", thing("v1", "Endpoints", "old", subsets=[])),
    case("a warning of a policy", labelled("judge", "warns")),
    case("a warning of a webhook", labelled("hook", "warner")),
    case("a warning of pod security", deployment("loose", namespace="strict")),
    case("a headless Service", thing("v1", "Service", "eps", spec={
        "ports": [{"port": 80, "name": "a"}], "clusterIP": "None", "sessionAffinity": "None"})),
    case("a removal", config("colours"), verb="delete"),
    case("a removal of what is not there", config("never"), verb="delete"),
    case("a removal with a finalizer", config("guarded"), verb="delete"),
    # Refused by validation, 422.
    case("a port out of range", thing("v1", "Service", "s", spec={"ports": [{"port": 99999}]})),
    case("two causes", thing("v1", "Service", "s", spec={"ports": [
        {"port": 1, "name": "a"}, {"port": 99999, "name": "UPPER"}]})),
    case("a required value", deployment("d", {"name": "c"})),
    case("a selector that does not match", thing("apps/v1", "Deployment", "d", spec={
        "selector": {"matchLabels": {"app": "x"}}, "template": template("y", container())})),
    case("a label of a wrong form", config("c", labels={"app.kubernetes.io/x": "no blanks"})),
    case("an annotation of a wrong form", config("c", annotations={"a b": "x"})),
    case("a wrong name", config("UPPER")),
    case("a value that is not supported", deployment("d", container(imagePullPolicy="Sometimes"))),
    case("a duplicate value", pod("p", SHOP, container(), volumes=[{"name": "v", "emptyDir": {}}], initContainers=[
        container("c")])),
    case("a forbidden field", deployment("d", pod={"activeDeadlineSeconds": 5})),
    case("a quantity", deployment("d", container(resources={"limits": {"cpu": "-1"}}))),
    case("a mount without its volume", deployment("d", container(
        volumeMounts=[{"name": "none", "mountPath": "/x"}]))),
    case("a key of data", config("c", {"a b": "x"})),
    case("a negative number", deployment("d", spec={"replicas": -1})),
    case("an annotation too long", config("c", annotations={"a": "x" * 300000})),
    case("a schedule", thing("batch/v1", "CronJob", "c", spec={"schedule": "hourly", "jobTemplate": {"spec": {
        "template": template("c", container(), restartPolicy="Never")}}})),
    case("an ingress path", thing("networking.k8s.io/v1", "Ingress", "i", spec={"rules": [{"http": {"paths": [
        {"path": "x", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 1}}}}]}}]})),
    case("a custom resource without a required field", gadget("g", colour="red")),
    case("a custom resource with a wrong value", gadget("g", size=1, colour="blue")),
    case("a custom resource with a number too large", gadget("g", size=99)),
    case("a custom resource with a wrong pattern", gadget("g", size=3, host="UPPER CASE")),
    case("a custom resource against its CEL rule", gadget("g", size=1, host="abc")),
    case("a custom resource against oneOf", gadget("g", size=1, one={"a": "x", "b": "y"})),
    case("a custom resource with too many items", gadget("g", size=1, tags=["a", "b", "c", "d"])),
    case("a custom resource with a wrong item", gadget("g", size=1, parts=[{"id": "a", "weight": 50}])),
    case("a value that looks like a token", thing("v1", "Service", "s", spec={
        "ports": [{"port": 1}], "type": GHP})),
    case("a Secret with a wrong type", thing("v1", "Secret", "s", type="kubernetes.io/tls", data={"a": "aHVudGVyMg=="})),
    case("a Secret that is no base64", thing("v1", "Secret", "s", data={"a": "hunter2!"})),
    case("a Secret with a wrong key", thing("v1", "Secret", "s", stringData={"a b": "hunter2"})),
    # Immutable.
    case("a selector", deployment("web", spec={"selector": {"matchLabels": {"app": "x"}}, "template": template(
        "x", container())}), manager="kustomize-controller", force=True),
    case("a StatefulSet's service", workload("StatefulSet", "db", spec={"serviceName": "other"}),
         manager="argocd-controller", force=True),
    case("a Job's template", thing("batch/v1", "Job", "migrate", spec={
        "template": template("migrate", container(image="img:2"), restartPolicy="Never")}), manager="kubectl"),
    case("a claim's size", thing("v1", "PersistentVolumeClaim", "disk", spec={
        "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}), manager="kubectl"),
    case("a binding's role", thing("rbac.authorization.k8s.io/v1", "RoleBinding", "readers", subjects=[
        {"kind": "User", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"}],
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"}), manager="kubectl"),
    case("a Pod's command", pod("lone", SHOP, container(command=["x"])), manager="kubectl"),
    case("a Service's address", thing("v1", "Service", "web", spec={
        "ports": [{"name": "http", "port": 80}], "selector": {"app": "w"}, "clusterIP": "10.0.0.77"}), manager="kubectl",
         force=True),
    case("an immutable ConfigMap", {**config("fixed", {"colour": "red"}), "immutable": True}, manager="kubectl"),
    case("an immutable Secret", thing("v1", "Secret", "fixed-secret", data={"key": "aHVudGVyMw=="}, immutable=True),
         manager="kubectl"),
    case("a custom resource's immutable field", gadget("round", size=2, zone="b"), manager="kubectl"),
    # Wrong shapes, 500 of server-side apply.
    case("an unknown field", deployment("d", container(imagee="x"))),
    case("an unknown field in a keyed list", deployment("d", container("a"), container("b", env=[{"name": "E", "vlue": "x"}]))),
    case("a text for a number", deployment("d", spec={"replicas": "three"})),
    case("a number for a text", config("c", {"n": 5})),
    case("a text for a list", thing("v1", "Service", "s", spec={"ports": "80"})),
    case("a list for a mapping", deployment("d", spec={"template": []})),
    case("a text for a boolean", {**config("c"), "immutable": "yes"}),
    case("a key twice in a list", deployment("d", container(env=[ENV, ENV]))),
    case("several wrong shapes", deployment("d", container(imagee="x"), spec={"replicas": "x"})),
    case("a null in a keyed list", deployment("d", container(ports=[None]))),
    case("a text in a keyed list", deployment("d", container(ports=["80"]))),
    case("a fraction for an integer", deployment("d", spec={"replicas": 1.5})),
    case("an unknown field of a custom resource", gadget("g", size=1, shape="round")),
    case("a text for an integer of a custom resource", gadget("g", size="big")),
    case("an item twice in a set", gadget("g", size=1, tags=["a", "a"])),
    case("a Secret with a wrong shape", thing("v1", "Secret", "s", data={"a": {"hunter2": 1}})),
    case("a duration", thing("v1", "Service", "s", spec={"ports": [{"port": 80}], "trafficDistribution": {"x": 1}})),
    case("a wrong date", thing("v1", "ConfigMap", "c", metadata={"creationTimestamp": "yesterday"})),
    case("a quantity that is none", deployment("d", container(resources={"limits": {"cpu": "lots"}}))),
    # Strict decoding and bad requests, 400.
    case("managedFields", config("c", managedFields=[{"manager": "x", "operation": "Apply"}])),
    case("a key twice", config("c"), text='{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"shop"},'
         '"data":{"a":"1","a":"2"}}'),
    case("a body that is no YAML", config("c"), text='{"a": [}'),
    case("a namespace of another path", config("c", namespace="shop"), path="/api/v1/namespaces/strict/configmaps/c"),
    case("a body that is too large", config("c"), big=True),
    case("a resourceVersion that passed", config("colours", {"red": "9"}, resourceVersion="1"), manager="kubectl"),
    # Denied.
    case("a policy denies", labelled("judge", "no-blue")),
    case("a policy denies without a message", labelled("judge", "bare")),
    case("a policy forbids", labelled("judge", "forbids")),
    case("a policy says too large", labelled("judge", "too-big")),
    case("a policy fails", labelled("judge", "breaks")),
    case("a policy has no parameter", labelled("judge", "lost")),
    case("a policy keeps an object", config("kept"), verb="delete"),
    case("a webhook denies", labelled("hook", "denies")),
    case("a webhook denies without a word", labelled("hook", "terse")),
    case("a webhook answers with a code of its own", labelled("hook", "teapot")),
    case("pod security", pod(namespace="strict")),
    case("a limit of the namespace", pod("p", "small", container(resources={"limits": {"cpu": "2"}}))),
    case("a quota is used up", config("c", namespace="full")),
    case("a quota asks for limits", pod(namespace="full")),
    case("no such service account", pod(serviceAccountName="nobody")),
    case("no such priority class", pod(priorityClassName="urgent")),
    case("no such runtime class", pod(runtimeClassName="gvisor")),
    # Not there.
    case("no such namespace", config("c", namespace="nowhere")),
    case("a namespace that ends", config("c", namespace="ending")),
    case("no such kind", thing("example.com/v1", "Widget", "w"), path="/apis/example.com/v1/namespaces/shop/widgets/w"),
    case("no such version", thing("example.com/v2", "Gadget", "g"), path="/apis/example.com/v2/namespaces/shop/gadgets/g"),
    case("no such group", thing("no.example.com/v1", "A", "a"), path="/apis/no.example.com/v1/namespaces/shop/as/a"),
    # Conflicts.
    case("a conflict", deployment("web", container(image="web:9"), container("log"), spec={"replicas": 2}), manager="sluice"),
    case("a conflict over two fields", deployment("web", container(image="web:9"), container("log"), spec={"replicas": 3}),
         manager="sluice"),
    case("a conflict with an update", config("edited", {"red": "7"}), manager="sluice"),
    case("a conflict with helm", config("of-helm", {"red": "2"}), manager="sluice"),
    # Nobody could say.
    case("may not patch", config("new"), as_user="reader"),
    case("may not create", config("brand-new"), as_user="grantor"),
    case("may not grant", thing("rbac.authorization.k8s.io/v1", "Role", "r", rules=[
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["delete"]}]), as_user="grantor"),
    case("may not delete", config("colours"), as_user="reader", verb="delete"),
    case("nobody known", config("c"), as_user="stranger"),
    case("a webhook that knows no dry-run", labelled("hook", "unclean")),
    case("a webhook that is not there", labelled("hook", "gone")),
    case("a webhook that takes too long", labelled("hook", "slow")),
    case("a webhook that answers nonsense", labelled("hook", "garbage")),
    case("an API server behind that is away", thing("away.example.com/v1", "A", "a"),
         path="/apis/away.example.com/v1/namespaces/shop/as/a"),
    case("a kind that cannot be patched", thing("authorization.k8s.io/v1", "SubjectAccessReview", "s", None, spec={}),
         path="/apis/authorization.k8s.io/v1/subjectaccessreviews/s"),
    case("no field manager", config("c"), manager=""),
]
