import { redact } from '../../../base/index.js'
import type { RunLauncher, RunWorker, RunWorkerState } from '../../contract/index.js'
import { lastWords } from '../last-words.js'
import { launchFailed } from '../launch-failed.js'
import type { KubernetesSettings, LauncherSurroundings } from '../settings.js'
import { jobManifest, runWorkerLabel } from './job-manifest.js'
import { type KubernetesAnswer, KubernetesApi } from './kubernetes-api.js'
import { type JobObject, jobState, type PodObject, podState } from './pod-state.js'

interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

/** Each run in a pod of its own: a Job, by the API of Kubernetes. */
export class KubernetesLauncher implements RunLauncher {
  readonly type = 'kubernetes'
  readonly pollMs = 2_000
  readonly #settings: KubernetesSettings
  readonly #project: string
  readonly #api: KubernetesApi

  constructor(settings: KubernetesSettings, { project, env }: LauncherSurroundings) {
    this.#settings = settings
    this.#project = project
    this.#api = new KubernetesApi(settings, env)
  }

  describe(name: string): string {
    const { namespace, image } = this.#settings
    return `Job ${namespace === undefined ? '' : `${namespace}/`}${name} of the image ${image}`
  }

  async launch(worker: RunWorker, { signal }: Stoppable): Promise<void> {
    const namespace = await this.#api.namespace()
    const body = jobManifest(worker, this.#settings, { namespace, project: this.#project })
    const answer = await this.#api.ask('POST', await this.#jobs(), { body, signal })
    // An answer that was lost on its way is asked for again: it is there by then.
    if (answer.status === 409 && reasonOf(answer) === 'AlreadyExists') return
    if (answer.status >= 300) throw refused(`The ${this.describe(worker.name)} could not be made`, answer)
  }

  async state(name: string, { signal }: Stoppable): Promise<RunWorkerState> {
    const pod = await this.#pod(name, signal)
    if (pod) return this.#withWords(pod, podState(pod), signal)
    const answer = await this.#api.ask('GET', `${await this.#jobs()}/${name}`, { signal })
    if (answer.status === 404) return { status: 'unknown' }
    if (answer.status >= 300) throw refused(`The Job ${name} could not be asked`, answer)
    const state = jobState(JSON.parse(answer.body) as JobObject)
    return state.status === 'starting' ? { ...state, reason: await this.#whyNoPod(name, signal) } : state
  }

  /** The newest, should there be several. */
  async #pod(name: string, signal: AbortSignal | undefined): Promise<PodObject | undefined> {
    const selector = encodeURIComponent(`${runWorkerLabel}=${name}`)
    const answer = await this.#api.ask('GET', `${await this.#core('pods')}?labelSelector=${selector}`, { signal })
    if (answer.status >= 300) throw refused(`The pods of the Job ${name} could not be listed`, answer)
    const { items } = JSON.parse(answer.body) as { readonly items: readonly PodObject[] }
    const madeAt = (pod: PodObject) => pod.metadata?.creationTimestamp ?? ''
    return [...items].sort((a, b) => madeAt(b).localeCompare(madeAt(a)))[0]
  }

  /** With the last that it wrote, where it failed. */
  async #withWords(pod: PodObject, state: RunWorkerState, signal: AbortSignal | undefined): Promise<RunWorkerState> {
    const name = pod.metadata?.name
    if (state.status !== 'ended' || state.reason.endsWith('exit code 0') || name === undefined) return state
    const path = `${await this.#core('pods')}/${encodeURIComponent(name)}/log?tailLines=20`
    const logs = await this.#api.ask('GET', path, { signal }).catch(() => undefined)
    return { ...state, reason: redact(`${state.reason}${logs?.status === 200 ? lastWords(logs.body) : ''}`) }
  }

  /** What the cluster notes of a Job whose pod it does not make: a quota, mostly. It need not let us read it. */
  async #whyNoPod(name: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const selector = encodeURIComponent(`involvedObject.kind=Job,involvedObject.name=${name},type=Warning`)
    const answer = await this.#api.ask('GET', `${await this.#core('events')}?fieldSelector=${selector}`, { signal })
    if (answer.status !== 200) return undefined
    const { items } = JSON.parse(answer.body) as { readonly items: readonly { reason?: string; message?: string }[] }
    const last = items.at(-1)
    return last && `${last.reason}: ${last.message}`
  }

  async terminate(name: string): Promise<void> {
    const answer = await this.#api.ask('DELETE', `${await this.#jobs()}/${name}`, {
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
    })
    if (answer.status >= 300 && answer.status !== 404) throw refused(`The Job ${name} could not be removed`, answer)
  }

  async #jobs(): Promise<string> {
    return `/apis/batch/v1/namespaces/${await this.#api.namespace()}/jobs`
  }

  async #core(resources: string): Promise<string> {
    return `/api/v1/namespaces/${await this.#api.namespace()}/${resources}`
  }
}

function statusOf({ body }: KubernetesAnswer): { readonly reason?: string; readonly message?: string } {
  try {
    return JSON.parse(body) as { reason?: string; message?: string }
  } catch {
    return { message: body.trim().slice(0, 500) }
  }
}

const reasonOf = (answer: KubernetesAnswer) => statusOf(answer).reason

/** Too many requests, its own failures and a token that is renewed just now pass by; what it refuses, it refuses again. */
function refused(what: string, answer: KubernetesAnswer) {
  const { message = '' } = statusOf(answer)
  return launchFailed(`${what}: Kubernetes answered ${answer.status}${message && `, ${message}`}`, {
    isRetryable: answer.status >= 500 || answer.status === 429 || answer.status === 401,
  })
}
