import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants } from 'node:os'
import { z } from 'zod'

/** What Kubernetes itself says a Job may be; the file names version and script. */
const jobSchema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('../../golden/kubernetes/job.schema.json', import.meta.url), 'utf8')),
)

/** The part of a Job that is looked at; the schema has checked the whole. */
interface Job {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: {
        readonly containers: readonly {
          readonly image: string
          readonly command: readonly string[]
          readonly args: readonly string[]
          readonly env?: readonly {
            readonly name: string
            readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } }
          }[]
          readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[]
        }[]
      }
    }
  }
}

interface Running {
  readonly job: Job
  readonly pods: { readonly child: ChildProcess | undefined; log: string }[]
}

export interface KubernetesServer {
  readonly url: string
  readonly token: string
  /** As they were sent. */
  readonly manifests: readonly unknown[]
  jobNames(): readonly string[]
  /** What one knows of happens rarely: a Job that gets a second pod. */
  startSecondPod(job: string): void
  stop(): Promise<void>
}

type Answer = readonly [status: number, body: unknown]
const failure = (code: number, reason: string, message: string): Answer => [
  code,
  { kind: 'Status', status: 'Failure', code, reason, message },
]

/**
 * The part of the API of Kubernetes that Millrace asks, for one namespace. A pod is a process of this machine with only the variables
 * that its manifest takes from secrets. Images that begin with `missing` cannot be pulled, pods of `large` fit no node.
 */
export async function startKubernetes(
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<KubernetesServer> {
  const token = 'service-account-token'
  const jobs = new Map<string, Running>()
  const manifests: unknown[] = []

  const startPod = ({ job, pods }: Running) => {
    const [container] = job.spec.template.spec.containers
    if (!container) return
    if (/^(missing|large)/.test(container.image)) {
      pods.push({ child: undefined, log: '' })
      return
    }
    const env: Record<string, string | undefined> = { PATH: process.env.PATH }
    for (const { secretRef } of container.envFrom ?? []) Object.assign(env, secrets[secretRef?.name ?? ''])
    for (const { name, valueFrom } of container.env ?? [])
      env[name] = secrets[valueFrom.secretKeyRef.name]?.[valueFrom.secretKeyRef.key]
    const [file = '', ...rest] = [...container.command, ...container.args]
    const child = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const pod = { child, log: '' }
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        pod.log += chunk
      })
    pods.push(pod)
  }

  const podView = ({ job, pods }: Running) =>
    pods.map(({ child }, number) => ({
      metadata: { name: `${job.metadata.name}-${number}`, labels: job.spec.template.metadata.labels },
      status: podStatus(child, job.spec.template.spec.containers[0]?.image ?? ''),
    }))

  const answer = async (request: IncomingMessage, body: string): Promise<Answer> => {
    if (request.headers.authorization !== `Bearer ${token}`) return failure(401, 'Unauthorized', 'Unauthorized')
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://kubernetes')
    const [, name] = /^\/apis\/batch\/v1\/namespaces\/data\/jobs(?:\/([^/]+))?$/.exec(pathname) ?? [
      undefined,
      undefined,
    ]
    if (request.method === 'POST') {
      const manifest: unknown = JSON.parse(body)
      const { success, error } = jobSchema.safeParse(manifest)
      if (!success) return failure(422, 'Invalid', z.prettifyError(error))
      const job = manifest as Job
      if (jobs.has(job.metadata.name))
        return failure(409, 'AlreadyExists', `jobs "${job.metadata.name}" already exists`)
      const running: Running = { job, pods: [] }
      manifests.push(manifest)
      jobs.set(job.metadata.name, running)
      startPod(running)
      return [201, manifest]
    }
    if (name !== undefined) {
      const running = jobs.get(name)
      if (!running) return failure(404, 'NotFound', `jobs.batch "${name}" not found`)
      if (request.method === 'DELETE') {
        jobs.delete(name)
        for (const { child } of running.pods) if (child?.exitCode === null) child.kill('SIGKILL')
      }
      return [200, running.job]
    }
    const [, podName] = /^\/api\/v1\/namespaces\/data\/pods\/([^/]+)\/log$/.exec(pathname) ?? []
    if (podName !== undefined) {
      const [, jobName = '', number] = /^(.*)-(\d+)$/.exec(podName) ?? []
      return [200, jobs.get(jobName)?.pods[Number(number)]?.log ?? '']
    }
    if (pathname === '/api/v1/namespaces/data/pods') {
      const [label = '', value] = (searchParams.get('labelSelector') ?? '').split('=')
      const items = [...jobs.values()].flatMap(podView).filter((pod) => pod.metadata.labels[label] === value)
      return [200, { items }]
    }
    return failure(404, 'NotFound', `${pathname} not found`)
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const [status, value] = await answer(request, body)
    response.writeHead(status, { 'content-type': typeof value === 'string' ? 'text/plain' : 'application/json' })
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    manifests,
    jobNames: () => [...jobs.keys()],
    startSecondPod: (job) => startPod(jobs.get(job) as Running),
    async stop() {
      for (const { pods } of jobs.values()) for (const { child } of pods) child?.kill('SIGKILL')
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function podStatus(child: ChildProcess | undefined, image: string): unknown {
  if (image.startsWith('large'))
    return {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/3 nodes are available: 3 Insufficient memory.',
        },
      ],
    }
  if (!child)
    return {
      phase: 'Pending',
      containerStatuses: [
        { state: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } } },
      ],
    }
  const { exitCode, signalCode } = child
  if (exitCode === null && signalCode === null)
    return { phase: 'Running', containerStatuses: [{ state: { running: {} } }] }
  const code = exitCode ?? 128 + constants.signals[signalCode as NodeJS.Signals]
  return {
    phase: code === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: code, reason: code === 0 ? 'Completed' : 'Error' } } }],
  }
}
