// Intents as the gate writes them; what is altered in them is noticed.
#include "promotion/intent.h"

#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::promotion {
namespace {

const std::string kOld(40, '1'), kNew(40, '2'), kTree(40, '3'), kPolicy(40, '4'), kBundle(64, '5');
const std::string kObject =
    R"({"apiVersion":"v1","data":{"k":"v"},"kind":"ConfigMap","metadata":{"name":"web","namespace":"shop"}})";

std::string Name() { return DigestOf("refs/heads/production\n" + kOld + "\n" + kNew + "\n"); }

std::string ObjectText(const std::string& object, const std::string& evidence = "offline",
                       const std::string& unknown = "false") {
  return R"({"file":"a.yaml","line":1,"digest":")" + DigestOf(object) + R"(","secret":"none","evidence":")" +
         evidence + R"(","unknown":)" + unknown + R"(,"object":)" + object + "}";
}

std::string Text(const std::string& objects, const std::string& removed = "") {
  return R"({"schemaVersion":1,"ref":"refs/heads/production","old":")" + kOld + R"(","new":")" + kNew +
         R"(","tree":")" + kTree +
         R"(","policy":"main@4444444","engine":"sluice 0.1.0","target":"refs/heads/production","base":"","policyCommit":")" +
         kPolicy + R"(","bundle":")" + kBundle + R"(","actor":"ana","judged":1790000000,"removed":[)" +
         removed + R"(],"objects":[)" + objects + "]}\n";
}

TEST_CASE("an intent is read as the judge left it") {
  const auto intent = ReadIntent(
      Name(),
      Text(ObjectText(kObject), R"({"group":"apps","kind":"Deployment","namespace":"shop","name":"web"})"));
  REQUIRE(intent);
  CHECK(intent->head.ref == "refs/heads/production");
  CHECK(intent->head.before.Hex() == kOld);
  CHECK(intent->judged == 1790000000);
  CHECK(intent->actor == "ana");
  REQUIRE(intent->objects.size() == 1);
  CHECK(intent->objects[0].path == "core/ConfigMap/shop/web");
  CHECK(intent->objects[0].canonical == kObject);
  CHECK(intent->objects[0].vouched == Vouched::kOffline);
  CHECK(intent->removed == std::vector<std::string>{"apps/Deployment/shop/web"});
}

TEST_CASE("Secrets are what the gate says that they are") {
  const auto secret = [](const std::string& word) {
    std::string text = Text(ObjectText(kObject));
    text.replace(text.find("\"none\""), 6, "\"" + word + "\"");
    return ReadIntent(Name(), text);
  };
  CHECK_FALSE(secret("none")->objects.at(0).plain_secret);
  CHECK_FALSE(secret("none")->objects.at(0).stand_in);
  CHECK(secret("plain")->objects.at(0).plain_secret);
  CHECK(secret("stand-in")->objects.at(0).stand_in);
  CHECK_FALSE(secret("stand-in")->objects.at(0).plain_secret);
  CHECK_FALSE(secret("encrypted"));
  CHECK_FALSE(secret(""));
}

TEST_CASE("an intent that was altered, or that is of something else, is no intent") {
  const std::string good = Text(ObjectText(kObject));
  REQUIRE(ReadIntent(Name(), good));
  const auto altered = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return ReadIntent(Name(), text);
  };
  CHECK_FALSE(altered("\"k\":\"v\"", "\"k\":\"w\""));         // not the digest that was judged
  CHECK_FALSE(altered("\"name\":\"web\"", "\"name\":\"\""));  // no name
  CHECK_FALSE(altered(kNew, std::string(40, '9')));           // another update
  CHECK_FALSE(altered("\"ref\":\"refs/heads/production\"", "\"ref\":\"refs/heads/other\""));
  CHECK_FALSE(altered(kBundle, ""));  // of no environment
  CHECK_FALSE(altered("\"offline\"", "\"angels\""));
  CHECK_FALSE(altered("\"unknown\":false", "\"unknown\":0"));
  CHECK_FALSE(altered("\"judged\":1790000000", "\"judged\":\"now\""));
  CHECK_FALSE(altered("]}\n", "]"));
  CHECK_FALSE(ReadIntent(std::string(64, '0'), good));
  CHECK_FALSE(ReadIntent(std::string(64, '0') + ".1", good));
  CHECK(ReadIntent(Name() + ".1", good));
  const std::string other =
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web","namespace":"shop"}})";
  CHECK_FALSE(ReadIntent(Name(), Text(ObjectText(kObject) + "," + ObjectText(other))));  // two of one name
  CHECK(ReadIntent(Name(), Text(ObjectText(kObject) + "," + ObjectText(kObject)))->objects.size() == 1);
}

}  // namespace
}  // namespace sluice::promotion
