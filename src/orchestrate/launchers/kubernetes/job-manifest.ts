import type { RunWorker } from '../../contract/index.js'
import { runWorkerArguments } from '../run-worker-command.js'
import type { KubernetesSettings } from '../settings.js'

/** By which its pods are found, in every version of Kubernetes. */
export const runWorkerLabel = 'millrace/run-worker'

/** How long a run worker has to give its run back when its node is emptied. */
const terminationGracePeriodSeconds = 60

/**
 * The Job (batch/v1) of one run worker. It starts one pod and no second one: whether a run is tried again, Millrace decides. Nothing
 * secret is in it: whoever may read Jobs may not read secrets.
 */
export function jobManifest(
  worker: RunWorker,
  settings: KubernetesSettings,
  { namespace, project }: { readonly namespace: string; readonly project: string },
): Readonly<Record<string, unknown>> {
  const labels = {
    ...settings.labels,
    'app.kubernetes.io/managed-by': 'millrace',
    'app.kubernetes.io/component': 'run-worker',
    'millrace/project': labelValue(project),
    'millrace/run': worker.runId,
    [runWorkerLabel]: worker.name,
  }
  const { annotations, serviceAccount, imagePullSecrets, nodeSelector, tolerations, volumes } = settings
  const { podSecurityContext: securityContext } = settings
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: worker.name, namespace, labels, ...filled({ annotations }) },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: settings.ttlSecondsAfterFinished,
      template: {
        metadata: { labels, ...filled({ annotations }) },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds,
          ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
          ...filled({
            imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
            nodeSelector,
            tolerations,
            securityContext,
            volumes,
          }),
          containers: [container(worker, settings)],
        },
      },
    },
  }
}

function container(worker: RunWorker, settings: KubernetesSettings): Readonly<Record<string, unknown>> {
  const { image, command, projectDir, imagePullPolicy, volumeMounts, requests, limits, securityContext } = settings
  const resources = filled({ requests, limits })
  return {
    name: 'run-worker',
    image,
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    command,
    args: runWorkerArguments(worker, projectDir),
    ...filled({
      env: Object.entries(settings.secretEnv).map(([name, { secret, key }]) => ({
        name,
        valueFrom: { secretKeyRef: { name: secret, key } },
      })),
      envFrom: [
        ...settings.envSecrets.map((name) => ({ secretRef: { name } })),
        ...settings.envConfigMaps.map((name) => ({ configMapRef: { name } })),
      ],
      resources,
      securityContext,
      volumeMounts,
    }),
  }
}

/** Without what is empty. */
function filled(parts: Readonly<Record<string, object>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => Object.keys(value).length > 0))
}

const longestLabel = 63

/** As much of a name as the value of a label may be: 63 characters, and at both ends letters or digits. */
export const labelValue = (name: string): string =>
  name
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[^a-z0-9]+/i, '')
    .slice(0, longestLabel)
    .replace(/[^a-z0-9]+$/i, '')
