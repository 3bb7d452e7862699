{{/* What both containers have in common. */}}
{{- define "toa.container" -}}
image: {{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: TOA_DRIVER
    value: {{ .Values.driver }}
securityContext:
  # The pins must belong to root.
  runAsUser: 0
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities:
    drop:
      - ALL
    add:
      {{- if ne .Values.driver "module" }}
      - BPF
      - NET_ADMIN
      - PERFMON
      {{- end }}
      {{- if ne .Values.driver "ebpf" }}
      - SYS_MODULE
      {{- end }}
  seccompProfile:
    {{- toYaml .Values.seccompProfile | nindent 4 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: bpf
    mountPath: /sys/fs/bpf
    mountPropagation: HostToContainer
  - name: cgroup
    mountPath: /sys/fs/cgroup
    mountPropagation: HostToContainer
    readOnly: true
  {{- if ne .Values.driver "ebpf" }}
  - name: usr
    mountPath: /host/usr
    readOnly: true
  - name: modules
    mountPath: /host/lib/modules
    readOnly: true
  # The settings of a loaded module.
  - name: sysfs-module
    mountPath: /sys/module
  # The module is built there.
  - name: run
    mountPath: /run
  {{- end }}
{{- end }}

{{- define "toa.trusted" -}}
{{- if not .Values.trusted -}}
{{- fail "trusted is empty. Name the networks of your balancers, for example --set trusted={10.0.0.16/28}. To accept TOA options from any source: --set trusted={0.0.0.0/0,::/0}." -}}
{{- end -}}
--trusted={{ join "," .Values.trusted }}
{{- end }}
