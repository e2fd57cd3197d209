import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '../../base/index.js'
import { linesAtEnd, logFile, makeRoomInLog } from './log-file.js'
import { managerFailed } from './manager-failed.js'
import type { RunProgram } from './run-program.js'
import type { Cancellable, Service, ServiceManager, ServiceState } from './service-manager.js'

export interface LaunchdOptions {
  readonly run: RunProgram
  /** Where agents of the user lie. */
  readonly folder?: string | undefined
  readonly uid?: number | undefined
  /** Between two attempts. */
  readonly pauseMs?: number | undefined
}

/** launchd goes on taking away an agent after it has said that it is gone, and takes no new one of that name meanwhile. */
const attempts = 20

/** A launch agent of macOS: starts at login. */
export class LaunchdManager implements ServiceManager {
  readonly kind = 'launchd'
  readonly #run: RunProgram
  readonly #folder: string
  readonly #domain: string
  readonly #pauseMs: number

  constructor({ run, folder, uid = process.getuid?.() ?? 0, pauseMs = 500 }: LaunchdOptions) {
    this.#run = run
    this.#folder = folder ?? join(homedir(), 'Library', 'LaunchAgents')
    this.#domain = `gui/${uid}`
    this.#pauseMs = pauseMs
  }

  async isUsable(options?: Cancellable): Promise<boolean> {
    // By ssh, where nobody sits before the screen, there is no such domain.
    return (await this.#run('launchctl', ['print', this.#domain], options)).code === 0
  }

  title = (service: Service) => `launch agent ${service.name}`
  logs = (service: Service) => logFile(service)

  async start(service: Service, options?: Cancellable): Promise<void> {
    await this.#takeOut(service, options)
    await mkdir(dirname(this.#path(service)), { recursive: true })
    await makeRoomInLog(service)
    await writeFile(this.#path(service), agentText(service), { mode: 0o644 })
    const args = ['bootstrap', this.#domain, this.#path(service)]
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#run('launchctl', args, options)
      if (outcome.code === 0) return
      if (attempt === attempts || outcome.code === undefined)
        throw managerFailed(`launchctl ${args.join(' ')}`, outcome)
      await systemClock.sleep(this.#pauseMs, options)
    }
  }

  async state(service: Service, options?: Cancellable): Promise<ServiceState> {
    const isInstalled = await readFile(this.#path(service)).then(
      () => true,
      () => false,
    )
    const { code, stdout } = await this.#run('launchctl', ['print', this.#target(service)], options)
    if (code !== 0) return { isInstalled, isRunning: false, why: 'launchd does not have it' }
    const told = (name: string) => new RegExp(`^\\s*${name} = (.*)$`, 'm').exec(stdout)?.[1]?.trim()
    const pid = Number(told('pid') ?? 0)
    if (told('state') === 'running' && pid > 0) return { isInstalled, isRunning: true, pid }
    const exit = told('last exit code')
    return {
      isInstalled,
      isRunning: false,
      why: `launchd says of the agent: ${told('state') ?? 'nothing'}${exit === undefined ? '' : ` (last exit code ${exit})`}`,
    }
  }

  lastLines = (service: Service, count: number) => linesAtEnd(logFile(service), count)

  async remove(service: Service, options?: Cancellable): Promise<void> {
    await this.#takeOut(service, options)
    await rm(this.#path(service), { force: true })
  }

  async remarks(): Promise<readonly string[]> {
    return ['It starts when you log in, and ends when you log out.']
  }

  #path = (service: Service) => join(this.#folder, `${service.name}.plist`)
  #target = (service: Service) => `${this.#domain}/${service.name}`

  async #takeOut(service: Service, options?: Cancellable): Promise<void> {
    const isThere = async () => (await this.#run('launchctl', ['print', this.#target(service)], options)).code === 0
    if (!(await isThere())) return
    const args = ['bootout', this.#target(service)]
    const outcome = await this.#run('launchctl', args, options)
    // 36: it is ending, which takes a while.
    if (outcome.code !== 0 && outcome.code !== 36) throw managerFailed(`launchctl ${args.join(' ')}`, outcome)
    for (let left = attempts; left > 0 && (await isThere()); left--) await systemClock.sleep(this.#pauseMs, options)
  }
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const string = (text: string) => `<string>${escaped(text)}</string>`

/** See launchd.plist(5). */
export function agentText(service: Service): string {
  const entry = (key: string, value: string) => `  <key>${key}</key>\n  ${value}`
  const variables = Object.entries(service.env).map(([name, value]) => `<key>${escaped(name)}</key>${string(value)}`)
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<!-- Written by `millrace local install`; `millrace local uninstall` removes it. -->',
    '<plist version="1.0">',
    '<dict>',
    entry('Label', string(service.name)),
    entry('ProgramArguments', `<array>${service.command.map(string).join('')}</array>`),
    entry('WorkingDirectory', string(service.dir)),
    entry('EnvironmentVariables', `<dict>${variables.join('')}</dict>`),
    entry('RunAtLoad', '<true/>'),
    entry('KeepAlive', '<true/>'),
    entry('ThrottleInterval', '<integer>10</integer>'),
    entry('ExitTimeOut', '<integer>60</integer>'),
    entry('StandardOutPath', string(logFile(service))),
    entry('StandardErrorPath', string(logFile(service))),
    '</dict>',
    '</plist>',
  ].join('\n')}\n`
}
