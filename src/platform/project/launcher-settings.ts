import { resolve } from 'node:path'
import type { z } from 'zod'
import { durationHint, parseDuration, registerSecret, registerSecretsIn, type YamlDocument } from '../../base/index.js'
import type { LauncherSettings } from '../../orchestrate/index.js'
import { platformErrors } from '../errors.js'
import type { launcherSchema } from './launcher-schema.js'

type LauncherFile = z.infer<typeof launcherSchema>

const defaultStartTimeoutMs = 300_000
const defaultTtlSeconds = 3600

/** `runs.launcher` with its defaults. @throws PROJECT_INVALID */
export function launcherSettings(
  file: LauncherFile | undefined,
  document: YamlDocument,
  dir: string,
): LauncherSettings | undefined {
  if (file === undefined) return undefined
  const startTimeoutMs = startTimeout(file, document)
  if (file.type === 'process') return { type: file.type, startTimeoutMs }
  const { image, command = ['millrace'], project_dir: projectDir, labels = {} } = file
  const ofImage = { startTimeoutMs, image, command, projectDir, labels }
  if (file.type === 'docker') {
    const { command_line: commandLine = 'docker', env = [], volumes = [], metastore_url: metastoreUrl } = file
    const { network, cpus, memory, user, image_pull_policy: imagePullPolicy } = file
    registerSecretsIn(metastoreUrl)
    return {
      type: file.type,
      ...ofImage,
      commandLine,
      env,
      network,
      cpus,
      memory,
      volumes,
      user,
      imagePullPolicy,
      metastoreUrl,
    }
  }
  if (file.token !== undefined) registerSecret(file.token)
  return {
    type: file.type,
    ...ofImage,
    namespace: file.namespace,
    serviceAccount: file.service_account,
    imagePullPolicy: file.image_pull_policy,
    imagePullSecrets: file.image_pull_secrets ?? [],
    envSecrets: file.env_secrets ?? [],
    envConfigMaps: file.env_config_maps ?? [],
    secretEnv: file.secret_env ?? {},
    requests: filled(file.requests),
    limits: filled(file.limits),
    annotations: file.annotations ?? {},
    nodeSelector: file.node_selector ?? {},
    tolerations: file.tolerations ?? [],
    podSecurityContext: file.pod_security_context ?? {},
    securityContext: file.security_context ?? {},
    volumes: file.volumes ?? [],
    volumeMounts: file.volume_mounts ?? [],
    ttlSecondsAfterFinished: file.ttl_seconds_after_finished ?? defaultTtlSeconds,
    apiServer: file.api_server,
    token: file.token,
    caFile: file.ca_file === undefined ? undefined : resolve(dir, file.ca_file),
  }
}

function startTimeout({ start_timeout: text }: LauncherFile, document: YamlDocument): number {
  const ms = text === undefined ? defaultStartTimeoutMs : parseDuration(text)
  if (ms !== undefined) return ms
  throw platformErrors.create('PROJECT_INVALID', {
    message: `\`runs.launcher.start_timeout: ${text}\` is not a duration.`,
    ...document.show(['runs', 'launcher', 'start_timeout']),
    hint: durationHint,
  })
}

const filled = (values: Readonly<Record<string, string | undefined>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
