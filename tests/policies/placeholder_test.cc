// What stands for a value, and what carries one.
#include "policies/placeholder.h"

#include "tests/catch.h"

namespace sluice::policies {
namespace {

TEST_CASE("a placeholder as a whole value is known by its tool") {
  for (const char* text : {"${VAR}",
                           "${var_1}",
                           "${app.name}",
                           "${VAR:=}",
                           "${VAR:-}",
                           " ${VAR}\n",
                           "$(VAR)",
                           "#{DbPassword}#",
                           "#{Octopus.Secret}",
                           "<path:secret/data/db#password>",
                           "<path:kv/db#pw | base64encode>",
                           "<password>",
                           "<your password here>",
                           "op://vault/db/password",
                           "op://My vault/the db/password",
                           "ref+vault://secret/db#/password",
                           "ref+awssecrets://db/pw?region=eu",
                           "secretref+gcpsecrets://p/db",
                           "secretref:db/password",
                           "vault:secret/data/db#password",
                           ">>vault:secret/data/db#password",
                           "{{ .Values.password }}",
                           "{{- .password | b64enc -}}",
                           "{{ index .Data \"password\" }}",
                           "{{inputs.parameters.pw}}",
                           "{{ .password | default \"\" }}",
                           "{{ $.Values.pw }}",
                           "{{ required \"a password is needed\" .Values.pw }}",
                           "{{ (index .Data \"pw\" 0) | b64enc }}",
                           "{{ (lookup \"v1\" \"Secret\" .ns \"db\").data.pw }}",
                           "{{ .Files.Get \"pw.txt\" | trim }}",
                           "{{ randAlphaNum 32 }}",
                           "{{ get .Values \"\" }}",
                           "berglas://bucket/db",
                           "sm://project/db#2",
                           "keeper://UID/field/password",
                           "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"}) {
    CAPTURE(text);
    CHECK(IsPlaceholder(text));
  }
}

TEST_CASE("a placeholder that carries a value, or stands beside one, is none") {
  for (const char* text : {"",
                           " ",
                           "hunter2",
                           "$",
                           "${",
                           "${}",
                           "$()",
                           "<>",
                           "{{}}",
                           "{{ }}",
                           "${VAR:=hunter2}",
                           "${VAR:-hunter2}",
                           "${VAR:+hunter2}",
                           "${VAR/a/b}",
                           "${1}",
                           "x${VAR}",
                           "${VAR}x",
                           "${A}${B}",
                           "user:${VAR}",
                           "$VAR",
                           "$(echo hunter2)",
                           "$VAR}",
                           "{VAR}",
                           "#{a b}",
                           "<a><b>",
                           "<a",
                           "a>",
                           "<a>b",
                           "<p\n>",
                           "op://",
                           "op://a b",
                           "op:/vault/db",
                           "ref+",
                           "ref+vault",
                           "ref+vault:/x",
                           "vault:",
                           "vault:hunter2",
                           "vault:#a b",
                           "{{ \"hunter2\" }}",
                           "{{ `hunter2` }}",
                           "{{ .a | default \"hunter2\" }}",
                           "{{ print \"hunter2\" }}",
                           "{{ printf \"%s\" \"hunter2\" }}",
                           "{{ .a | default (print \"hunter2\") }}",
                           "{{ .a | default `hunter2` }}",
                           "{{ (\"hunter2\") }}",
                           "{{ get (dict \"a\" \"hunter2\") \"a\" }}",
                           "{{ index .a \"k\" | default \"hunter2\" }}",
                           "{{ required \"m\" (print \"hunter2\") }}",
                           "{{ print 86753091 }}",
                           "{{ .a | default -86753091 }}",
                           "{{ index .a \"k }}",
                           "{{ .a }}{{ .b }}",
                           "{{ .a }}:hunter2",
                           "{{ .a }",
                           "{{ 42 }}",
                           "arn:aws:s3:::bucket",
                           "sops:hunter2"}) {
    CAPTURE(text);
    CHECK_FALSE(IsPlaceholder(text));
  }
}

TEST_CASE("a name is filled in later where any part of it is") {
  for (const char* text : {"${A}", "web-${ENV}", "${A:-${B}}", "a-{{uid}}", "$(VAR)", "<path:a/b#c>"}) {
    CAPTURE(text);
    CHECK(HoldsPlaceholder(text));
  }
  for (const char* text :
       {"", "web", "web-$ENV", "web-${ENV", "web-{ENV}", "a-$(VAR)", "}${", "}}{{", "a<b>"}) {
    CAPTURE(text);
    CHECK_FALSE(HoldsPlaceholder(text));
  }
}

TEST_CASE("a value that SOPS encrypted has all its parts") {
  CHECK(IsSopsValue("ENC[AES256_GCM,data:p0lJyQ==,iv:hV0z,tag:BzWp,type:str]"));
  CHECK(IsSopsValue("ENC[AES256_GCM,data:,iv:hV0z,tag:BzWp,type:int]"));
  for (const char* text :
       {"", "ENC[]", "ENC[hunter2]", "ENC[AES256_GCM,data:x]", "ENC[AES256_GCM,data:x,iv:y,tag:z]",
        "ENC[AES256_GCM,data:x,tag:z,iv:y,type:str]", "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str",
        "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]x", "xENC[AES256_GCM,data:x,iv:y,tag:z,type:str]",
        "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str] hunter2]"}) {
    CAPTURE(text);
    CHECK_FALSE(IsSopsValue(text));
  }
}

}  // namespace
}  // namespace sluice::policies
