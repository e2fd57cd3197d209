{{- define "millrace.name" -}}
{{- if contains "millrace" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-millrace" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "millrace.image" -}}
{{ .Values.image.repository }}:{{ required "image.tag: name the version of your image" .Values.image.tag }}
{{- end }}

{{/* By which pods are found: never changed, since Deployments may not. */}}
{{- define "millrace.selector" -}}
app.kubernetes.io/name: millrace
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "millrace.labels" -}}
{{ include "millrace.selector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* What the namespace must allow at most: the pod security standard `restricted`. */}}
{{- define "millrace.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "millrace.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "millrace.pod" -}}
automountServiceAccountToken: false
securityContext: {{- include "millrace.podSecurity" .root | nindent 2 }}
terminationGracePeriodSeconds: 60
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: state
    emptyDir: {}
  - name: tmp
    emptyDir: {}
{{- if .root.Values.project.settings }}
  - name: settings
    configMap: { name: {{ include "millrace.name" .root }}-settings }
{{- end }}
{{- end }}

{{/* What all containers of Millrace have. */}}
{{- define "millrace.container" -}}
image: {{ include "millrace.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext: {{- include "millrace.containerSecurity" .root | nindent 2 }}
env:
  - name: DATABASE_URL
    valueFrom: { secretKeyRef: { name: {{ .root.Values.secret }}, key: DATABASE_URL } }
{{- if eq .name "webserver" }}
  - name: MILLRACE_ADMIN_PASSWORD
    valueFrom: { secretKeyRef: { name: {{ .root.Values.secret }}, key: MILLRACE_ADMIN_PASSWORD, optional: true } }
{{- end }}
envFrom:
  - configMapRef: { name: {{ include "millrace.name" .root }}-env }
{{- range .root.Values.envConfigMaps }}
  - configMapRef: { name: {{ . }} }
{{- end }}
{{- if ne .name "webserver" }}
{{- range .root.Values.envSecrets }}
  - secretRef: { name: {{ . }} }
{{- end }}
{{- end }}
volumeMounts:
  - name: state
    mountPath: /state
  - name: tmp
    mountPath: /tmp
{{- if .root.Values.project.settings }}
  - name: settings
    mountPath: /project/millrace.yaml
    subPath: millrace.yaml
    readOnly: true
{{- end }}
{{- end }}

{{/* Parts without an address say in the store that they are there. */}}
{{- define "millrace.probes" -}}
startupProbe:
  exec: { command: [millrace, liveness-check, {{ . }}] }
  periodSeconds: 5
  timeoutSeconds: 10
  failureThreshold: 36
livenessProbe:
  exec: { command: [millrace, liveness-check, {{ . }}] }
  periodSeconds: 30
  timeoutSeconds: 15
  failureThreshold: 4
{{- end }}

{{/* A new version reads its settings again. */}}
{{- define "millrace.annotations" -}}
checksum/settings: {{ printf "%s %s" .Values.project.settings (toYaml .Values.env) | sha256sum }}
{{- end }}
