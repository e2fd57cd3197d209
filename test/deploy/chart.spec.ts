import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readYaml } from '../../src/base/index.js'
import { packageVersion } from '../../src/cli/package-version.js'
import { createProgram } from '../../src/cli/program.js'
import { jobManifest } from '../../src/orchestrate/launchers/kubernetes/job-manifest.js'
import { launcherSettings } from '../../src/platform/project/launcher-settings.js'
import { projectSchema } from '../../src/platform/project/settings.js'
import { fences, pageOf, root } from '../support/markdown.js'
import { type PodSpec, podProblems } from './pod-policy.js'
import { manifestProblems } from './schemas.js'

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: { readonly template?: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec } }
}

const chart = join(root, 'deploy/helm/millrace')
const files = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })

/** What Helm made of the chart; there is no Helm for Node, so this was recorded. */
function rendered(name: string): { readonly text: string; readonly manifests: readonly Manifest[] } {
  const text = readFileSync(join(root, 'test/golden/helm', name), 'utf8')
  const documents = parseAllDocuments(text, { merge: true })
  if (!Array.isArray(documents)) throw new Error(`${name} is empty`)
  const manifests = documents.map((document) => document.toJS() as Manifest | null)
  return { text, manifests: manifests.filter((one) => one !== null) }
}

const valueFiles = readdirSync(join(root, 'test/deploy/values'))

describe.each(valueFiles)('the chart with the values %s', (name) => {
  const { text, manifests } = rendered(name)
  const pods = manifests.flatMap((one) => (one.spec?.template ? [[one, one.spec.template] as const] : []))

  it('was rendered by Helm from the templates as they are: else run scripts/golden/helm_chart.sh', () => {
    const hash = createHash('sha256')
    const paths = files(chart).sort()
    for (const path of [...paths, join(root, 'test/deploy/values', name)]) hash.update(readFileSync(path))
    expect(text).toContain(`# sha256 of chart and values: ${hash.digest('hex')}`)
  })

  it('is what Kubernetes takes', () => {
    expect(manifests.length).toBeGreaterThan(10)
    expect(
      manifests.map((one) => [one.kind, one.metadata.name, manifestProblems(one)]).filter(([, , problem]) => problem),
    ).toEqual([])
  })

  it('holds to the policy', () => {
    expect(pods.map(([{ metadata }, { spec }]) => [metadata.name, podProblems(spec)])).toEqual(
      pods.map(([{ metadata }]) => [metadata.name, []]),
    )
  })

  it('starts commands that there are', () => {
    const program = createProgram({ version: '0.0.0' })
    const commands = pods.flatMap(([, { spec }]) => spec.containers.flatMap(({ args }) => (args ? [args] : [])))
    expect(commands.map(([command]) => command).sort()).toEqual(['daemon', 'engine', 'migrate', 'serve', 'worker'])
    for (const [name, ...flags] of commands) {
      const command = program.commands.find((one) => one.name() === name)
      for (const flag of flags.filter((one) => one.startsWith('--')))
        expect(command?.options.map(({ long }) => long)).toContain(flag)
    }
  })

  it('holds no secret', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([])
  })
})

it('everything that can be switched on is looked at', () => {
  const kinds = new Set(rendered('everything.yaml').manifests.map(({ kind }) => kind))
  for (const kind of ['StatefulSet', 'Ingress', 'NetworkPolicy', 'ScaledObject', 'PodDisruptionBudget', 'RoleBinding'])
    expect(kinds).toContain(kind)
})

it('the launcher that the documentation shows makes Jobs that hold to the policy', () => {
  const [example] = fences(pageOf('docs/deployment.md')).filter(({ text }) => text.includes('launcher:'))
  const document = readYaml(example?.text.replaceAll('${MILLRACE_IMAGE}', 'shop:1.4.0') ?? '', 'millrace.yaml')
  const { runs } = projectSchema.parse(document.value)
  const settings = launcherSettings(runs?.launcher, document, root)
  if (settings?.type !== 'kubernetes') throw new Error('It launches no Jobs')
  const worker = { name: 'millrace-run-1-1', runId: '1', token: 1 }
  const job = jobManifest(worker, settings, { namespace: 'data', project: 'shop' }) as unknown as Manifest
  expect(manifestProblems(job)).toBe('')
  expect(podProblems(job.spec?.template?.spec as PodSpec)).toEqual([])
})

it('has the version of the program', () => {
  expect(readFileSync(join(chart, 'Chart.yaml'), 'utf8')).toContain(`appVersion: ${packageVersion()}`)
})

describe('schemas and policy', () => {
  const worker = rendered('least.yaml').manifests.find(({ metadata }) => metadata.name === 'shop-millrace-worker')
  const changed = (text: string, other: string) =>
    JSON.parse(JSON.stringify(worker).replaceAll(text, other)) as Manifest

  it.each([
    ['"replicas":1', '"replicas":"one"', /replicas must be/],
    ['"containers"', '"container"', /additional properties/],
    ['"maxSurge":1', '"maxSurges":1', /additional properties/],
  ])('a manifest with %s as %s is refused', (text, other, problem) => {
    expect(manifestProblems(changed(text, other))).toMatch(problem)
  })

  it.each([
    ['"runAsNonRoot":true', '"runAsNonRoot":false', 'runs as root'],
    ['"readOnlyRootFilesystem":true,', '', 'worker may write its root'],
    ['"allowPrivilegeEscalation":false,', '', 'worker may gain rights'],
    ['"drop":["ALL"]', '"drop":[]', 'worker has capabilities'],
    [':1.4.0"', ':latest"', 'worker has an image without a version'],
    ['"limits"', '"limit"', 'worker has no limits or requests'],
    ['"livenessProbe"', '"probe"', 'worker has no probes'],
    ['{"name":"DATABASE_URL",', '{"name":"DATABASE_URL","value":"x",', 'worker has a secret in clear'],
    ['{"name":"tmp","emptyDir":{}}', '{"name":"tmp","hostPath":{}}', 'mounts a folder of the host'],
  ])('a pod with %s as %s is found', (text, other, problem) => {
    expect(podProblems(changed(text, other).spec?.template?.spec as PodSpec)).toEqual([problem])
  })
})
