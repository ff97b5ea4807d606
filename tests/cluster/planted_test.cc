// Secrets planted wherever an object or an API server can hold one: none of them
// comes out, neither in what is compared nor in what is said.
#include <string>
#include <vector>

#include "cluster/answer.h"
#include "cluster/live_diff.h"
#include "cluster/managers.h"
#include "tests/cluster/nodes.h"

namespace sluice::cluster {
namespace {

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      text += i + j <= bytes.size() ? kDigits[bits >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

const std::string kWord = "correct-horse-battery-staple";
const std::string kToken = std::string("ghp_") + "x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1";
const std::string kUrl = "postgres://app:" + kWord + "@db:5432/app";

struct Planted {
  std::string name;
  std::string object;  // YAML; live and, changed, taken
};

std::string Of(const std::string& kind, const std::string& rest) {
  return "apiVersion: v1\nkind: " + kind + "\nmetadata:\n  name: x\n" + rest;
}

std::string Split(const std::string& text) {
  return "|\n      " + text.substr(0, 15) + "\n      " + text.substr(15) + "\n";
}

std::vector<Planted> Plants() {
  std::vector<Planted> plants;
  // Every place of a Secret, for every kind of secret.
  for (const std::string& secret : {kWord, kToken, Base64(kWord), Base64(kToken)}) {
    const std::string n = std::to_string(plants.size());
    plants.push_back({"data " + n, Of("Secret", "data:\n  k: " + secret)});
    plants.push_back({"stringData " + n, Of("Secret", "stringData:\n  k: " + secret)});
    plants.push_back({"split data " + n, Of("Secret", "stringData:\n  k: " + Split(secret))});
    plants.push_back(
        {"annotation of a Secret " + n, Of("Secret", "  annotations: {note: '" + secret + "'}")});
    plants.push_back(
        {"last-applied of a Secret " + n,
         Of("Secret",
            "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"k\":\"" +
                secret + "\"}}'")});
    plants.push_back(
        {"another copy in an annotation " + n,
         Of("Secret", "  annotations:\n    kapp.k14s.io/original: '{\"data\":{\"k\":\"" + secret + "\"}}'")});
    plants.push_back({"managed fields of a Secret " + n,
                      Of("Secret", "  managedFields:\n  - manager: m\n    fieldsV1: {'f:data': {'v:\"" +
                                       secret + "\"': {}}}")});
    plants.push_back({"a misspelt Secret " + n, Of("secret", "data:\n  k: " + secret)});
    plants.push_back(
        {"a field that Secrets do not have " + n, Of("Secret", "other:\n  deep: [{k: '" + secret + "'}]")});
    plants.push_back({"env " + n, Of("Pod", "spec: {containers: [{env: [{name: DB_PASSWORD, value: '" +
                                                secret + "'}]}]}")});
    plants.push_back(
        {"a field called password " + n, Of("Database", "spec: {auth: {adminPassword: '" + secret + "'}}")});
    plants.push_back(
        {"a file of settings " + n, Of("ConfigMap", "data:\n  app.yaml: 'password: " + secret + "'")});
    plants.push_back({"JSON in a file of settings " + n,
                      Of("ConfigMap", "data:\n  a.json: '{\"apiKey\": \"" + secret + "\"}'")});
    plants.push_back({"an env file " + n, Of("ConfigMap", "data:\n  .env: 'API_TOKEN=" + secret + "'")});
  }
  // Tokens wherever they stand.
  for (const std::string& secret : {kToken, Base64(kToken)}) {
    const std::string n = std::to_string(plants.size());
    plants.push_back({"plain data " + n, Of("ConfigMap", "data:\n  k: " + secret)});
    plants.push_back({"split plain data " + n, Of("ConfigMap", "data:\n  k: " + Split(secret))});
    plants.push_back({"an annotation " + n, Of("ConfigMap", "  annotations: {note: '" + secret + "'}")});
    plants.push_back({"an argument " + n, Of("Pod", "spec: {containers: [{args: [a, '" + secret + "']}]}")});
    plants.push_back({"a label " + n, Of("Secret", "  labels: {note: '" + secret + "'}")});
  }
  plants.push_back({"a key", Of("ConfigMap", "data:\n  " + kToken + ": x")});
  plants.push_back({"a URL", Of("ConfigMap", "data:\n  url: " + kUrl)});
  plants.push_back({"a URL in base64", Of("ConfigMap", "binaryData:\n  url: " + Base64(kUrl))});
  return plants;
}

// Every form in which a secret could be read.
std::vector<std::string> Forms() {
  std::vector<std::string> forms;
  for (const std::string& secret : {kWord, kToken}) {
    for (const std::string& form : {secret, Base64(secret)}) {
      forms.push_back(form);
      forms.push_back(form.substr(0, 15));
      forms.push_back(form.substr(15));
    }
  }
  forms.push_back(Base64(kUrl));
  return forms;
}

void CheckNone(const std::string& output) {
  for (const std::string& form : Forms()) {
    CAPTURE(form, output);
    CHECK(output.find(form) == std::string::npos);
  }
}

void CheckNone(const DryRunAnswer& answer) {
  CheckNone(answer.reason);
  for (const DryRunCause& cause : answer.causes) CheckNone(cause.field + '\n' + cause.message);
}

TEST_CASE("60 planted secrets: none in a comparison") {
  const std::vector<Planted> plants = Plants();
  CHECK(plants.size() >= 60);
  for (const Planted& plant : plants) {
    CAPTURE(plant.name);
    const Text with(plant.object),
        without(Of(std::string(Text(plant.object)->Find("kind")->text), "data: {}"));
    for (const auto& [live, taken] :
         {std::pair(with.get(), without.get()), std::pair(without.get(), with.get()),
          std::pair(with.get(), with.get())}) {
      Discretion discretion;
      discretion.Add(live);
      discretion.Add(taken);
      const Compared compared = Compare(live, taken, discretion);
      CheckNone(compared.live);
      CheckNone(compared.taken);
    }
  }
}

// An API server that repeats the object, the way real ones do and worse.
std::vector<ServerAnswer> Echoes(const std::string& secret) {
  const auto status = [](int code, const std::string& reason, const std::string& message,
                         const std::string& field = "x") {
    const auto quoted = [](const std::string& text) {
      std::string json = "\"";
      for (const char c : text) {
        if (c == '"' || c == '\\') json += '\\';
        json += c;
      }
      return json + '"';
    };
    return ServerAnswer{code,
                        R"({"kind":"Status","reason":")" + reason + R"(","message":)" + quoted(message) +
                            R"(,"details":{"causes":[{"reason":"FieldValueInvalid","message":)" +
                            quoted(message) + R"(,"field":)" + quoted(field) + "}]}}",
                        {},
                        {}};
  };
  return {
      status(422, "Invalid", "Invalid value: \"" + secret + "\": must be better than " + secret,
             "data[" + secret + "]"),
      status(422, "Invalid", "Invalid value: {\"a\":\"" + secret + "\"}: field is immutable"),
      status(422, "Invalid", "Duplicate value: \"" + secret + "\""),
      status(422, "Invalid", "something quite new about " + secret, ".x[=\"" + secret + "\"]"),
      status(500, "",
             "failed to create typed patch object (a/b; v1, Kind=X): .data.k: expected map, got &{" + secret +
                 "}"),
      status(500, "",
             "failed to create typed patch object (a/b; v1, Kind=X): .x: duplicate entries for key [=\"" +
                 secret + "\"]"),
      status(
          500, "",
          "failed to convert new object (a/b; v1, Kind=X) to proper version: unable to convert unstructured "
          "object to v1, Kind=X: parsing \"" +
              secret + "\""),
      status(400, "BadRequest", "error decoding YAML: near " + secret),
      status(400, "BadRequest", "what is " + secret),
      status(403, "Forbidden",
             "x \"y\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: not " +
                 secret),
      status(403, "Forbidden", "x \"y\" is forbidden: the quota of " + secret),
      status(400, "", "admission webhook \"w\" denied the request: saw " + secret),
      status(500, "", "Internal error occurred: failed calling webhook \"w\": sent " + secret),
      status(503, "", "try " + secret),
      {502, "<html>" + secret, {}, {}},
      {201, R"({"apiVersion":"v1","kind":"X","metadata":{"name":"x"}})", {"unknown " + secret}, {}},
  };
}

TEST_CASE("no planted secret in what is made of a server's words") {
  for (const Planted& plant : Plants()) {
    const Text sent(plant.object);
    const DryRunObject object{{"v1", "X", "shop", "x"}, false, sent.json()};
    for (const std::string& secret : {kWord, kToken, Base64(kWord), Base64(kToken)}) {
      if (sent.json().find(secret) == std::string::npos) continue;
      for (ServerAnswer& echo : Echoes(secret)) {
        CAPTURE(plant.name, echo.body);
        CheckNone(Understand({&object, sent.get(), nullptr, {}}, echo).answer);
        CheckNone(Understand({&object, sent.get(), sent.get(), {}}, echo).answer);
      }
    }
  }
}

TEST_CASE("of a Secret that goes nothing is passed on, seen or not") {
  const DryRunObject object{{"v1", "Secret", "shop", "x"}, true, {}};
  for (ServerAnswer& echo : Echoes(kWord))
    CheckNone(Understand({&object, nullptr, nullptr, {}}, echo).answer);
}

TEST_CASE("a token is not passed on whatever the object is") {
  const Text sent(Of("ConfigMap", "data: {a: b}"));
  const DryRunObject object{{"v1", "X", "shop", "x"}, false, sent.json()};
  for (const std::string& secret : {kToken, Base64(kToken)}) {
    for (ServerAnswer& echo : Echoes(secret))
      CheckNone(Understand({&object, sent.get(), nullptr, {}}, echo).answer);
  }
}

}  // namespace
}  // namespace sluice::cluster
