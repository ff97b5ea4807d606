{{- define "agent.selector" -}}
{app.kubernetes.io/name: sluice-agent, app.kubernetes.io/instance: {{ .Release.Name }}}
{{- end }}

{{- /* Of what stands in no namespace, or in one that releases of several namespaces share. */ -}}
{{- define "agent.clusterName" -}}
{{- if eq .Release.Namespace "sluice-system" -}}
sluice-{{ .Release.Name }}
{{- else -}}
sluice:{{ .Release.Namespace }}:{{ .Release.Name }}
{{- end -}}
{{- end }}

{{- define "agent.artifact" -}}
{{ .Values.flux.artifact | default .Release.Name }}
{{- end }}

{{- /* agent.yaml: what values say elsewhere, below what they say of it. */ -}}
{{- define "agent.configuration" -}}
{{- $usual := dict "directory" "/var/lib/sluice/agent" "metrics" "0.0.0.0:9402" -}}
{{- if .Release.Namespace | ne "sluice-system" -}}
{{- $_ := set $usual "namespace" .Release.Namespace -}}
{{- end -}}
{{- if eq .Values.credential "ssh" -}}
{{- $_ := set $usual "sshKey" "/etc/sluice/repository/key" -}}
{{- $_ := set $usual "knownHosts" "/etc/sluice/repository/known_hosts" -}}
{{- else -}}
{{- $_ := set $usual "tokenFile" "/etc/sluice/repository/token" -}}
{{- end -}}
{{- $said := deepCopy .Values.configuration -}}
{{- if .Values.flux.enabled -}}
{{- $url := printf "http://%s.%s.svc.cluster.local:9403" .Release.Name .Release.Namespace -}}
{{- $artifact := printf "%s/%s" .Values.flux.namespace (include "agent.artifact" .) -}}
{{- $_ := set $usual "apply" "flux" -}}
{{- $_ := set $usual "flux" (dict "artifact" $artifact "listen" "0.0.0.0:9403" "url" $url) -}}
{{- $said = omit $said "serviceAccounts" -}}
{{- end -}}
{{- toYaml (mergeOverwrite $usual $said) -}}
{{- end }}

{{- /* With other contents it has another name, so that the agent is started anew. */ -}}
{{- define "agent.configMap" -}}
{{ .Release.Name }}-{{ include "agent.configuration" . | sha256sum | trunc 10 }}
{{- end }}
