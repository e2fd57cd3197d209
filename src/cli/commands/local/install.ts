import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Option } from 'commander'
import type { LocalInstalled } from '../../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { localOptions } from '../../local-options.js'
import { openBrowser } from '../../open-browser.js'
import { duration, fixedPort, fixedPortOrNone } from '../../option-values.js'
import { factLines } from '../../output/fact-lines.js'
import { packageVersion } from '../../package-version.js'
import { type AbctlOptions, abctlOptions, notNeeded, refuseForeign } from './abctl-options.js'

const managers = ['systemd', 'launchd', 'detached'] as const
const usualPatienceMs = 120_000

interface InstallOptions extends GlobalOptions, AbctlOptions {
  readonly port?: number
  readonly airbytePort?: number
  readonly host?: string
  readonly envFile?: string
  readonly manager?: (typeof managers)[number]
  readonly empty?: boolean
  readonly packages?: boolean
  readonly run?: boolean
  readonly disableAuth?: boolean
  readonly browser?: boolean
  readonly timeout?: number
}

export const install: CommandDefinition = {
  name: 'install',
  arguments: [
    [
      '[dir]',
      'the project, made where there is none; by default that of this folder, else the one that is installed, else ~/.millrace/local',
    ],
  ],
  summary: 'Install Millrace on this machine, or bring it up to date, and wait until it serves',
  details:
    'It makes the user `admin` where nobody has an account, and starts `millrace up` in the background: by systemd of the user, by launchd, or as a process of its own. Run again, it starts what is installed anew, with what is said otherwise now. Variables that the project names are taken from this shell and kept where only you read them.',
  options: [
    new Option('--port <port>', 'port of the page (default: as it was, else server.port or 3000)').argParser(fixedPort),
    new Option(
      '--airbyte-port <port>',
      'port of Airbyte’s API (default: as it was, else server.airbyte_port or 8000; 0: none)',
    ).argParser(fixedPortOrNone),
    new Option('--host <host>', 'address to listen on (default: as it was, else server.host or 127.0.0.1)'),
    new Option('--env-file <file>', 'more variables, NAME=value a line; nobody but you may read it (chmod 600)'),
    new Option('--manager <kind>', 'what keeps it running (default: the best that there is)').choices(managers),
    new Option('--empty', 'a new project without the flights example'),
    new Option('--no-packages', 'leave `npm install` of a new project to you'),
    new Option('--no-run', 'do not run anything at the first start'),
    new Option('--disable-auth', 'make no admin: nobody is asked, on this machine alone'),
    new Option('--no-browser', 'do not open the page'),
    new Option('--timeout <duration>', 'how long to wait until it serves (default: 2m)').argParser(duration),
    ...abctlOptions(),
  ],
  examples: [
    ['millrace local install', 'the page on port 3000, Airbyte’s API on 8000'],
    ['millrace local install my-stack --port 3100 --airbyte-port 8100', 'a project, on other ports'],
    ['millrace local install --env-file ~/.config/shop.env', 'with secrets of connections'],
  ],
  json: '{url, airbyteUrl?, pid, version, versionBefore?, projectDir, manager, title, logs, user?, isAdminMade, hasUsers, remarks}',
  async run(dir: string | undefined, options: InstallOptions) {
    refuseForeign(options)
    const { openLocal } = await import('../../../platform/index.js')
    const local = await openLocal()
    const common = localOptions(options)
    const onStep = (text: string) => (options.json ? undefined : console.error(text))
    const projectDir = await project(dir, options, { local, signal: common.signal, onStep })
    const installed = await local.installLocal(projectDir, {
      ...common,
      onStep,
      version: packageVersion(),
      manager: options.manager,
      host: options.host,
      port: options.port,
      airbytePort: options.airbytePort,
      envFile: options.envFile === undefined ? undefined : resolve(options.envFile),
      withAdmin: options.disableAuth !== true,
      firstRun: options.run !== false,
      timeoutMs: options.timeout ?? usualPatienceMs,
    })
    const { up, ...facts } = installed
    const { url = '', airbyteUrl, pid, version } = up
    const notes = [...facts.remarks, ...notNeeded(options)]
    if (options.json) {
      console.log(JSON.stringify({ url, airbyteUrl, pid, version, projectDir, ...facts, remarks: notes }))
      return 0
    }
    const { versionBefore } = facts
    console.log(`\nMillrace ${versionBefore === undefined ? 'is installed and runs' : 'was started again'}: ${url}`)
    console.log(
      factLines([
        ['Log in as', loginText(installed)],
        ["Airbyte's API", airbyteUrl && `${airbyteUrl}; client id and secret: millrace local credentials`],
        [
          'Version',
          versionBefore === undefined || versionBefore === version ? version : `${version}, before ${versionBefore}`,
        ],
        ['Project', projectDir],
        ['Runs as', facts.title],
        ['Logs', facts.logs],
      ]),
    )
    for (const note of notes) console.log(`\n${note}`)
    if (options.browser !== false) openBrowser(url)
    return 0
  },
}

function loginText({ user, hasUsers }: LocalInstalled): string {
  if (user !== undefined) return `${user}; the password: millrace local credentials`
  return hasUsers
    ? 'one of the users that there are: millrace user list'
    : 'nobody: there are no users, so nobody is asked'
}

type Local = Awaited<ReturnType<typeof import('../../../platform/index.js')['openLocal']>>

/** The project that is meant; one that is not there is made. */
async function project(
  dir: string | undefined,
  { projectDir, host, port, empty, packages }: InstallOptions,
  { local, signal, onStep }: { local: Local; signal: AbortSignal; onStep: (text: string) => void },
): Promise<string> {
  const here = dir === undefined ? local.projectDirAt(projectDir ?? process.cwd()) : undefined
  if (here !== undefined) return here
  // Whoever names a project wants that one, and is told that there is none.
  if (dir === undefined && projectDir !== undefined) return resolve(projectDir)
  const target = dir === undefined ? await local.usualInstallation() : resolve(dir)
  if (existsSync(join(target, 'millrace.yaml'))) return target
  // Before anything is made: of what was not said, what a new project says.
  await local.requireFreePorts(host ?? '127.0.0.1', [{ option: '--port', what: 'the page', port: port ?? 3000 }])
  await local.makeLocalProject(target, { empty, withPackages: packages !== false, onStep, signal })
  return target
}
