import { expect, it } from 'vitest'
import type { KubernetesSettings } from '../settings.js'
import { jobManifest, labelValue } from './job-manifest.js'

const worker = { name: 'millrace-run-1-1', runId: '1', token: 1 }
const least: KubernetesSettings = {
  type: 'kubernetes',
  startTimeoutMs: 1,
  image: 'shop:1',
  command: ['millrace'],
  projectDir: undefined,
  labels: {},
  namespace: undefined,
  serviceAccount: undefined,
  imagePullPolicy: undefined,
  imagePullSecrets: [],
  envSecrets: [],
  envConfigMaps: [],
  secretEnv: {},
  requests: {},
  limits: {},
  annotations: {},
  nodeSelector: {},
  tolerations: [],
  podSecurityContext: {},
  securityContext: {},
  volumes: [],
  volumeMounts: [],
  ttlSecondsAfterFinished: 60,
  apiServer: undefined,
  token: undefined,
  caFile: undefined,
}
const containerOf = (settings: Partial<KubernetesSettings>) =>
  JSON.parse(JSON.stringify(jobManifest(worker, { ...least, ...settings }, { namespace: 'data', project: 'shop' })))
    .spec.template.spec.containers[0]

it('says nothing of what was not asked for', () => {
  expect(containerOf({})).toEqual({
    name: 'run-worker',
    image: 'shop:1',
    command: ['millrace'],
    args: ['run-worker', '--run', '1', '--token', '1'],
  })
})

it('takes variables from secrets and config maps, and gives none a value', () => {
  const secretEnv = { DATABASE_URL: { secret: 'store', key: 'url' } }
  expect(containerOf({ envSecrets: ['s'], envConfigMaps: ['c'], secretEnv, projectDir: '/app' })).toMatchObject({
    args: ['--project-dir', '/app', 'run-worker', '--run', '1', '--token', '1'],
    env: [{ name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'store', key: 'url' } } }],
    envFrom: [{ secretRef: { name: 's' } }, { configMapRef: { name: 'c' } }],
  })
})

it('tells who the pod and its container run as', () => {
  const securityContext = { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }
  expect(containerOf({ securityContext })).toMatchObject({ securityContext })
  const settings = { ...least, podSecurityContext: { runAsNonRoot: true } }
  expect(jobManifest(worker, settings, { namespace: 'data', project: 'shop' })).toMatchObject({
    spec: { template: { spec: { securityContext: { runAsNonRoot: true } } } },
  })
})

it.each([
  ['shop', 'shop'],
  ['my_shop-', 'my_shop'],
  ['_shop_', 'shop'],
  ['shop of María', 'shop_of_Mar_a'],
  ['---', ''],
  [`${'a'.repeat(62)}_b`, 'a'.repeat(62)],
])('the project %s has a label that Kubernetes takes', (project, value) => {
  expect(labelValue(project)).toBe(value)
  // As Kubernetes checks it.
  expect(value).toMatch(/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/)
})
