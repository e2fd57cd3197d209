import { readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { launchFailed } from '../launch-failed.js'
import type { KubernetesSettings } from '../settings.js'

/** Where a pod finds what it needs to ask its cluster. */
const accountDir = '/var/run/secrets/kubernetes.io/serviceaccount'
const answersWithinMs = 30_000

export interface KubernetesAnswer {
  readonly status: number
  readonly body: string
}

type Env = Readonly<Record<string, string | undefined>>

/** The API of a Kubernetes cluster, by plain HTTP: with the service account of the pod that this runs in, or with what the settings say. */
export class KubernetesApi {
  readonly #server: URL
  readonly #settings: KubernetesSettings

  /** @throws RUN_LAUNCH_FAILED where neither the settings nor the surroundings name a cluster */
  constructor(settings: KubernetesSettings, env: Env) {
    this.#settings = settings
    this.#server = serverAddress(settings, env)
  }

  /** Of the settings, or the one that this process runs in. */
  async namespace(): Promise<string> {
    const own = this.#settings.namespace ?? (await readAccount('namespace'))
    return own ?? 'default'
  }

  /** @throws RUN_LAUNCHER_UNREACHABLE, also where the certificates cannot be read: they may be written just now */
  async ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { body, signal }: { readonly body?: unknown; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<KubernetesAnswer> {
    // Read each time: a service account's token is renewed every hour, certificates now and then.
    const token = this.#settings.token ?? (await readAccount('token'))
    const ca = await this.#readCa()
    const text = body === undefined ? undefined : JSON.stringify(body)
    const send = this.#server.protocol === 'https:' ? httpsRequest : httpRequest
    const limit = AbortSignal.timeout(answersWithinMs)
    return new Promise((resolve, reject) => {
      const lost = (cause: Error) =>
        reject(
          launchFailed(`The Kubernetes API at ${this.#server.host} does not answer: ${cause.message}`, {
            isRetryable: true,
            cause,
          }),
        )
      const sent = send(
        new URL(path, this.#server),
        {
          method,
          signal: signal ? AbortSignal.any([signal, limit]) : limit,
          ...(ca ? { ca } : {}),
          headers: {
            accept: 'application/json',
            ...(token === undefined ? {} : { authorization: `Bearer ${token.trim()}` }),
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        (response) =>
          void readBody(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), lost),
      )
      sent.on('error', lost)
      sent.end(text)
    })
  }

  async #readCa(): Promise<Buffer | undefined> {
    const { caFile } = this.#settings
    if (caFile === undefined) return readFile(`${accountDir}/ca.crt`).catch(() => undefined)
    return readFile(caFile).catch((cause: Error) => {
      throw launchFailed(`The certificates of the Kubernetes API could not be read: ${cause.message}`, {
        isRetryable: true,
        cause,
      })
    })
  }
}

function serverAddress({ apiServer }: KubernetesSettings, env: Env): URL {
  if (apiServer !== undefined) return new URL(apiServer)
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env
  if (host === undefined)
    throw launchFailed(
      'This process runs in no pod of Kubernetes, and `runs.launcher.api_server` does not say where the cluster is.',
    )
  return new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`)
}

const readAccount = (file: string): Promise<string | undefined> =>
  readFile(`${accountDir}/${file}`, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )

async function readBody(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
