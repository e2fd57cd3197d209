/** A container, as far as the policy looks at it. */
export interface Container {
  readonly name: string
  readonly image: string
  readonly args?: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly resources?: { readonly requests?: Limits; readonly limits?: Limits }
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean
    readonly privileged?: boolean
    readonly readOnlyRootFilesystem?: boolean
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] }
  }
  readonly livenessProbe?: object
  readonly startupProbe?: object
}
type Limits = Readonly<Record<string, string>>

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly restartPolicy?: string
  readonly hostNetwork?: boolean
  readonly hostPID?: boolean
  readonly automountServiceAccountToken?: boolean
  readonly serviceAccountName?: string
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean
    readonly runAsUser?: number
    readonly seccompProfile?: { readonly type: string }
  }
  readonly volumes?: readonly Readonly<Record<string, unknown>>[]
}

const isSecretName = /PASSWORD|SECRET_|TOKEN|_KEY|DATABASE_URL/

/** What is wrong with a pod by the pod security standard `restricted`, and by what we want beside it. */
export function podProblems(pod: PodSpec): string[] {
  const { securityContext = {}, volumes = [] } = pod
  const isLasting = pod.restartPolicy !== 'Never'
  return [
    ...(securityContext.runAsNonRoot && securityContext.runAsUser !== 0 ? [] : ['runs as root']),
    ...(securityContext.seccompProfile?.type === 'RuntimeDefault' ? [] : ['has no seccomp profile']),
    ...(pod.hostNetwork || pod.hostPID ? ["shares the host's network or pids"] : []),
    ...(volumes.some((volume) => 'hostPath' in volume) ? ['mounts a folder of the host'] : []),
    ...(pod.serviceAccountName === undefined && pod.automountServiceAccountToken !== false
      ? ['has a token of the API that it does not need']
      : []),
    ...pod.containers.flatMap((container) =>
      containerProblems(container, isLasting).map((problem) => `${container.name} ${problem}`),
    ),
  ]
}

function containerProblems(
  { image, env = [], resources, securityContext = {}, ...rest }: Container,
  isLasting: boolean,
) {
  const { capabilities = {} } = securityContext
  const wrong: readonly (readonly [boolean, string])[] = [
    [!/:[\w.-]+$/.test(image) || image.endsWith(':latest'), 'has an image without a version'],
    [securityContext.readOnlyRootFilesystem !== true, 'may write its root'],
    [securityContext.allowPrivilegeEscalation !== false || securityContext.privileged === true, 'may gain rights'],
    [!capabilities.drop?.includes('ALL') || (capabilities.add ?? []).length > 0, 'has capabilities'],
    [!resources?.limits?.memory || !resources.limits.cpu || !resources.requests?.memory, 'has no limits or requests'],
    [isLasting && !(rest.livenessProbe && rest.startupProbe), 'has no probes'],
    [env.some(({ name, value }) => value !== undefined && isSecretName.test(name)), 'has a secret in clear'],
  ]
  return wrong.flatMap(([isWrong, words]) => (isWrong ? [words] : []))
}
