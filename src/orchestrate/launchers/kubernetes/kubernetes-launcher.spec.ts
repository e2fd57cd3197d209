import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../base/index.js'
import type { KubernetesSettings } from '../settings.js'
import { KubernetesLauncher } from './kubernetes-launcher.js'

let dir: string
let status: number
const server = createServer((_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end('{}')
})
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-kubernetes-'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(dir, { recursive: true, force: true })
})

const worker = { name: 'millrace-run-1-1', runId: '1', token: 1 }
const launch = (launcher: KubernetesLauncher) => launcher.launch(worker, { signal: new AbortController().signal })
function launcherWith(settings: Partial<KubernetesSettings>): KubernetesLauncher {
  const apiServer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const lists = {
    imagePullSecrets: [],
    envSecrets: [],
    envConfigMaps: [],
    tolerations: [],
    podSecurityContext: {},
    securityContext: {},
    volumes: [],
    volumeMounts: [],
  }
  const maps = { labels: {}, secretEnv: {}, requests: {}, limits: {}, annotations: {}, nodeSelector: {} }
  const least = { type: 'kubernetes', image: 'shop:1', command: ['millrace'], namespace: 'data', token: 'secret' }
  return new KubernetesLauncher({ ...least, ...lists, ...maps, apiServer, ...settings } as KubernetesSettings, {
    project: 'shop',
    clock: systemClock,
    env: {},
    metastoreUrl: '',
    ownCommand: [],
    logDir: dir,
  })
}

it.each([
  [401, true],
  [403, false],
  [429, true],
  [503, true],
])('an answer %i may pass by: %s', async (answer, isRetryable) => {
  status = answer
  await expect(launch(launcherWith({}))).rejects.toMatchObject({ retryable: isRetryable })
})

it('certificates that could not be read are read again', async () => {
  status = 201
  const caFile = join(dir, 'ca.crt')
  const launcher = launcherWith({ caFile })
  await expect(launch(launcher)).rejects.toMatchObject({ retryable: true })
  await writeFile(caFile, '')
  await launch(launcher)
})
