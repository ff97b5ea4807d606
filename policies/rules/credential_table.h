// The shapes of credentials. A new one is a new line here and in the table of
// credentials_test.cc. Prefixes are those that the issuers publish for secret
// scanners; what has no prefix of its own is not here, for it could only be
// guessed at.
#pragma once

#include <array>

#include "policies/rules/credential_shapes.h"

namespace sluice::policies {

inline constexpr std::array kCredentialShapes = {
    // Not told by an alphabet alone.
    CredentialShape{.anchor = "BEGIN ", .what = "private key", .check = CheckPem},
    CredentialShape{.anchor = "LS0tLS1CRUdJTi", .what = "private key in base64", .check = CheckEncodedPem},
    CredentialShape{.anchor = "eyJ", .what = "JSON web token", .check = CheckWebToken},
    CredentialShape{.anchor = "://", .what = "password in a URL", .check = CheckUrlPassword},
    // Clouds.
    CredentialShape{"AKIA", "AWS access key id", kUpperDigits, 16, 16},
    CredentialShape{"ASIA", "AWS temporary access key id", kUpperDigits, 16, 16},
    CredentialShape{"_secret_access_key", "AWS secret access key", kBase64, 40, 40, CheckAssignedToken},
    CredentialShape{"_SECRET_ACCESS_KEY", "AWS secret access key", kBase64, 40, 40, CheckAssignedToken},
    CredentialShape{"SecretAccessKey", "AWS secret access key", kBase64, 40, 40, CheckAssignedToken},
    CredentialShape{"AIza", "Google API key", kUrlBase64, 35, 35},
    CredentialShape{"GOCSPX-", "Google OAuth client secret", kUrlBase64, 28, 28},
    CredentialShape{"AccountKey=", "Azure storage account key", kBase64, 88, 88},
    CredentialShape{"SharedAccessKey=", "Azure shared access key", kBase64, 44, 44},
    CredentialShape{"dop_v1_", "DigitalOcean token", kHex, 64, 64},
    CredentialShape{"doo_v1_", "DigitalOcean OAuth token", kHex, 64, 64},
    CredentialShape{"dor_v1_", "DigitalOcean refresh token", kHex, 64, 64},
    CredentialShape{"dapi", "Databricks token", kHex | kDash, 32, 34},
    CredentialShape{"pul-", "Pulumi token", kHex, 40, 40},
    CredentialShape{"LTAI5t", "Alibaba Cloud access key id", kWord, 18, 18},
    // Forges and registries.
    CredentialShape{"ghp_", "GitHub personal access token", kWord, 36, 255},
    CredentialShape{"gho_", "GitHub OAuth token", kWord, 36, 255},
    CredentialShape{"ghu_", "GitHub user token", kWord, 36, 255},
    CredentialShape{"ghs_", "GitHub server token", kWord, 36, 255},
    CredentialShape{"ghr_", "GitHub refresh token", kWord, 36, 255},
    CredentialShape{"github_pat_", "GitHub personal access token", kWord | kUnderscore, 82, 255},
    CredentialShape{"glpat-", "GitLab personal access token", kUrlBase64 | kDot, 20, 320},
    CredentialShape{"gldt-", "GitLab deploy token", kUrlBase64 | kDot, 20, 320},
    CredentialShape{"glrt-", "GitLab runner token", kUrlBase64 | kDot, 20, 320},
    CredentialShape{"glptt-", "GitLab trigger token", kHex, 40, 40},
    CredentialShape{"glagent-", "GitLab agent token", kUrlBase64 | kDot, 50, 320},
    CredentialShape{"glcbt-", "GitLab job token", kUrlBase64 | kDot, 20, 320},
    CredentialShape{"npm_", "npm token", kWord, 36, 36},
    CredentialShape{"pypi-AgEI", "PyPI token", kUrlBase64, 50, 1000},
    CredentialShape{"dckr_pat_", "Docker Hub token", kUrlBase64, 27, 27},
    CredentialShape{"dckr_oat_", "Docker Hub organisation token", kUrlBase64, 27, 32},
    CredentialShape{"rubygems_", "RubyGems token", kHex, 48, 48},
    CredentialShape{"ATATT3xFfGF0", "Atlassian token", kUrlBase64 | kEquals, 150, 250},
    // Messages and mail.
    CredentialShape{"xoxb-", "Slack bot token", kWord | kDash, 24, 255},
    CredentialShape{"xoxa-", "Slack app token", kWord | kDash, 24, 255},
    CredentialShape{"xoxp-", "Slack user token", kWord | kDash, 24, 255},
    CredentialShape{"xoxr-", "Slack refresh token", kWord | kDash, 24, 255},
    CredentialShape{"xoxs-", "Slack session token", kWord | kDash, 24, 255},
    CredentialShape{"xapp-", "Slack app-level token", kWord | kDash, 40, 255},
    CredentialShape{"hooks.slack.com/services/T", "Slack webhook URL", kWord | kSlash, 36, 80},
    CredentialShape{"discord.com/api/webhooks/", "Discord webhook URL", kUrlBase64 | kSlash, 70, 120},
    CredentialShape{.anchor = "SG.",
                    .what = "SendGrid API key",
                    .alphabet = kUrlBase64 | kDot,
                    .min = 66,
                    .max = 66,
                    .check = CheckToken,
                    .dot_at = 22},
    CredentialShape{"SK", "Twilio API key", kHex, 32, 32},
    // Payment.
    CredentialShape{"sk_live_", "Stripe secret key", kWord, 24, 255},
    CredentialShape{"rk_live_", "Stripe restricted key", kWord, 24, 255},
    CredentialShape{"whsec_", "webhook signing secret", kBase64, 32, 88},
    CredentialShape{"shpat_", "Shopify token", kHex | kHexUpper, 32, 32},
    // Models.
    CredentialShape{"sk-proj-", "OpenAI API key", kUrlBase64, 40, 255},
    CredentialShape{"T3BlbkFJ", "OpenAI API key", kUrlBase64, 20, 20},
    CredentialShape{"sk-ant-", "Anthropic API key", kUrlBase64, 40, 255},
    CredentialShape{"hf_", "Hugging Face token", kWord, 34, 40},
    CredentialShape{"gsk_", "Groq API key", kWord, 52, 52},
    CredentialShape{"r8_", "Replicate token", kWord, 37, 37},
    // What a cluster lives of.
    CredentialShape{"AGE-SECRET-KEY-1", "age secret key", kUpperDigits, 58, 58},
    CredentialShape{"hvs.", "Vault token", kUrlBase64, 24, 500},
    CredentialShape{"hvb.", "Vault batch token", kUrlBase64, 100, 1000},
    CredentialShape{"glsa_", "Grafana service account token", kWord | kUnderscore, 41, 41},
    CredentialShape{"glc_", "Grafana Cloud token", kBase64, 40, 400},
    CredentialShape{"NRAK-", "New Relic key", kUpperDigits, 27, 27},
    CredentialShape{"dt0c01.", "Dynatrace token", kUpperDigits | kDot, 80, 100},
    CredentialShape{"tskey-auth-", "Tailscale key", kWord | kDash, 20, 100},
    CredentialShape{"tskey-client-", "Tailscale OAuth secret", kWord | kDash, 20, 100},
    CredentialShape{"tskey-api-", "Tailscale API key", kWord | kDash, 20, 100},
    CredentialShape{"ops_eyJ", "1Password service account token", kUrlBase64, 200, 2000},
    CredentialShape{"dp.st.", "Doppler service token", kWord | kDot | kUnderscore, 40, 100},
    CredentialShape{"dp.pt.", "Doppler token", kWord, 40, 50},
    CredentialShape{".atlasv1.", "Terraform Cloud token", kUrlBase64 | kEquals, 60, 80},
    CredentialShape{"sntrys_", "Sentry token", kBase64 | kUnderscore, 60, 400},
    CredentialShape{"lin_api_", "Linear API key", kWord, 40, 40},
    CredentialShape{"PMAK-", "Postman API key", kHex | kDash, 59, 59},
};

}  // namespace sluice::policies
