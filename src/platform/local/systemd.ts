import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { managerFailed } from './manager-failed.js'
import type { RunProgram } from './run-program.js'
import type { Cancellable, Service, ServiceManager, ServiceState } from './service-manager.js'

export interface SystemdOptions {
  readonly run: RunProgram
  /** Where units of the user lie. */
  readonly folder?: string | undefined
}

const usersUnits = () => join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'systemd', 'user')

/** A unit of the user's own systemd: nothing of it needs root. */
export class SystemdManager implements ServiceManager {
  readonly kind = 'systemd'
  readonly #run: RunProgram
  readonly #folder: string

  constructor({ run, folder = usersUnits() }: SystemdOptions) {
    this.#run = run
    this.#folder = folder
  }

  async isUsable(options?: Cancellable): Promise<boolean> {
    // Without a session bus, as in containers, systemctl is there and answers nobody.
    return (await this.#run('systemctl', ['--user', 'show-environment'], options)).code === 0
  }

  title = (service: Service) => `systemd user unit ${unitOf(service)}`
  logs = (service: Service) => `journalctl --user --unit ${unitOf(service)}`

  async start(service: Service, options?: Cancellable): Promise<void> {
    const path = this.#path(service)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, unitText(service))
    await this.#ask(['daemon-reload'], options)
    await this.#ask(['enable', unitOf(service)], options)
    // One that failed too often is not started before that is forgotten; of one that did not fail there is nothing to forget.
    await this.#run('systemctl', ['--user', 'reset-failed', unitOf(service)], options)
    await this.#ask(['restart', unitOf(service)], options)
  }

  async state(service: Service, options?: Cancellable): Promise<ServiceState> {
    const isInstalled = await readFile(this.#path(service)).then(
      () => true,
      () => false,
    )
    const properties = 'ActiveState,SubState,MainPID,Result,ExecMainStatus'
    const { stdout } = await this.#run(
      'systemctl',
      ['--user', 'show', unitOf(service), `--property=${properties}`],
      options,
    )
    const told = new Map(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
    const pid = Number(told.get('MainPID') ?? 0)
    const isRunning = told.get('ActiveState') === 'active' && told.get('SubState') === 'running' && pid > 0
    if (isRunning) return { isInstalled, isRunning, pid }
    const states = [told.get('ActiveState'), told.get('SubState')].filter(Boolean).join(', ')
    const result = told.get('Result') === 'exit-code' ? ` (exit code ${told.get('ExecMainStatus')})` : ''
    return { isInstalled, isRunning, why: `systemd says of the unit: ${states || 'nothing'}${result}` }
  }

  async lastLines(service: Service, count: number, options?: Cancellable): Promise<readonly string[]> {
    const { stdout } = await this.#run(
      'journalctl',
      ['--user', '--unit', unitOf(service), '--lines', String(count), '--output', 'cat', '--no-pager', '--quiet'],
      options,
    )
    return stdout.split('\n').filter((line) => line.trim() !== '')
  }

  async remove(service: Service, options?: Cancellable): Promise<void> {
    const { isInstalled } = await this.state(service, options)
    if (isInstalled) await this.#ask(['disable', '--now', unitOf(service)], options)
    await rm(this.#path(service), { force: true })
    await this.#ask(['daemon-reload'], options)
    await this.#run('systemctl', ['--user', 'reset-failed', unitOf(service)], options)
  }

  async remarks(_: Service, options?: Cancellable): Promise<readonly string[]> {
    const user = userInfo().username
    const { stdout } = await this.#run('loginctl', ['show-user', user, '--property=Linger'], options)
    if (stdout.trim() === 'Linger=yes') return []
    return [
      `It ends with your last session and starts with the next one, since systemd does not let you linger. To keep it running from boot on: loginctl enable-linger ${user}`,
    ]
  }

  #path = (service: Service) => join(this.#folder, unitOf(service))

  async #ask(args: readonly string[], options?: Cancellable): Promise<void> {
    const outcome = await this.#run('systemctl', ['--user', ...args], options)
    if (outcome.code !== 0) throw managerFailed(`systemctl --user ${args.join(' ')}`, outcome)
  }
}

const unitOf = ({ name }: Service) => `${name}.service`

/** systemd reads `%`, `"` and `\` everywhere, and `$` in commands. */
const quoted = (text: string) =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html */
export function unitText(service: Service): string {
  // A folder cannot be quoted, so one of a strange name is left to --project-dir.
  const folder = /\p{Cc}/u.test(service.dir) ? [] : [`WorkingDirectory=${service.dir.replaceAll('%', '%%')}`]
  return `${[
    '# Written by `millrace local install`; `millrace local uninstall` removes it.',
    '[Unit]',
    `Description=${service.title.replaceAll('%', '%%')}`,
    'StartLimitIntervalSec=60',
    'StartLimitBurst=5',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${service.command.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' ')}`,
    ...folder,
    ...Object.entries(service.env).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    'Restart=always',
    'RestartSec=2',
    '# What only a person can mend.',
    'RestartPreventExitStatus=2',
    '# The supervisor ends its processes in order, and gives back to the queue what runs.',
    'KillMode=mixed',
    'TimeoutStopSec=60',
    '',
    '[Install]',
    'WantedBy=default.target',
  ].join('\n')}\n`
}
