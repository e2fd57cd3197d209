import type { Clock } from '../../base/index.js'

/** `runs.launcher` of millrace.yaml, read. */
export type LauncherSettings = ProcessSettings | DockerSettings | KubernetesSettings

interface AnySettings {
  readonly startTimeoutMs: number
}

interface ImageSettings extends AnySettings {
  readonly image: string
  /** How Millrace is started in the image. */
  readonly command: readonly string[]
  /** Where the project lies in the image, unless it is the folder that the image starts in. */
  readonly projectDir: string | undefined
  readonly labels: Readonly<Record<string, string>>
}

export interface ProcessSettings extends AnySettings {
  readonly type: 'process'
}

export interface DockerSettings extends ImageSettings {
  readonly type: 'docker'
  /** `docker`, or what takes the same command line. */
  readonly commandLine: string
  /** Names of variables of the launching process that the container is given. */
  readonly env: readonly string[]
  readonly network: string | undefined
  readonly cpus: number | undefined
  /** As docker writes it: `2g`. */
  readonly memory: string | undefined
  readonly volumes: readonly string[]
  readonly user: string | undefined
  readonly imagePullPolicy: 'always' | 'missing' | 'never' | undefined
  /** The store as the container reaches it, where that is another address. Holds a password. */
  readonly metastoreUrl: string | undefined
}

/** As Kubernetes has it; only the cluster reads what is inside. */
type KubernetesObject = Readonly<Record<string, unknown>>

/** `cpu` and `memory`, in Kubernetes' units: `500m`, `2Gi`. */
type Resources = Readonly<Record<string, string>>

export interface KubernetesSettings extends ImageSettings {
  readonly type: 'kubernetes'
  /** Undefined: the one that this process runs in. */
  readonly namespace: string | undefined
  readonly serviceAccount: string | undefined
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never' | undefined
  readonly imagePullSecrets: readonly string[]
  /** Secrets and config maps whose entries become variables. */
  readonly envSecrets: readonly string[]
  readonly envConfigMaps: readonly string[]
  /** Variables, each from a key of a secret. */
  readonly secretEnv: Readonly<Record<string, { readonly secret: string; readonly key: string }>>
  readonly requests: Resources
  readonly limits: Resources
  readonly annotations: Readonly<Record<string, string>>
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly tolerations: readonly KubernetesObject[]
  readonly podSecurityContext: KubernetesObject
  /** Of the container. */
  readonly securityContext: KubernetesObject
  readonly volumes: readonly KubernetesObject[]
  readonly volumeMounts: readonly KubernetesObject[]
  readonly ttlSecondsAfterFinished: number
  /** Undefined: as a pod finds them, by its service account. */
  readonly apiServer: string | undefined
  readonly token: string | undefined
  readonly caFile: string | undefined
}

/** What a launcher is told of its surroundings. */
export interface LauncherSurroundings {
  /** Of the project. */
  readonly project: string
  readonly clock: Pick<Clock, 'now'>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of the store. Holds a password. */
  readonly metastoreUrl: string
  /** How this very program is started, on this project. */
  readonly ownCommand: readonly string[]
  /** Where run workers of this machine write what they say. */
  readonly logDir: string
}
