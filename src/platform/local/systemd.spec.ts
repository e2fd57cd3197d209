import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProgramOutcome, RunProgram } from './run-program.js'
import { SystemdManager, unitText } from './systemd.js'

const service = {
  name: 'millrace-shop-1a2b3c4d',
  title: 'Millrace: shop',
  command: ['/usr/bin/node', '--env-file=/srv/my shop/.millrace/local/environment', '/opt/$x/main.js', 'up', '100%'],
  dir: '/srv/my shop',
  env: { PATH: '/usr/bin:/home/a "b"/bin' },
  folder: '/srv/my shop/.millrace/local',
}

let folder: string
let told: string[]
let answers: Record<string, Partial<ProgramOutcome>>
const run: RunProgram = async (program, args) => {
  const line = [program, ...args].join(' ')
  told.push(line)
  const [, answer] = Object.entries(answers).find(([begin]) => line.startsWith(begin)) ?? []
  return { code: 0, stdout: '', stderr: '', ...answer }
}
const manager = () => new SystemdManager({ run, folder })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-systemd-'))
  told = []
  answers = {}
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a unit of systemd', () => {
  it('quotes what systemd would read otherwise, and goes on by the rules of the supervisor', () => {
    const text = unitText(service)
    expect(text).toContain(
      'ExecStart="/usr/bin/node" "--env-file=/srv/my shop/.millrace/local/environment" "/opt/$$x/main.js" "up" "100%%"\n',
    )
    expect(text).toContain('WorkingDirectory=/srv/my shop\n')
    expect(text).toContain('Environment="PATH=/usr/bin:/home/a \\"b\\"/bin"\n')
    for (const line of ['Restart=always', 'RestartPreventExitStatus=2', 'KillMode=mixed', 'WantedBy=default.target'])
      expect(text.split('\n')).toContain(line)
  })

  it('lets no line break make a setting of its own', () => {
    const text = unitText({ ...service, dir: '/a\nExecStart=/bin/evil', command: ['/bin/x', 'a\nUser=root'] })
    expect(text).not.toMatch(/^(?:User=|ExecStart=\/bin\/evil)/m)
  })

  it('is written, switched on and started', async () => {
    await manager().start(service)
    expect(await readFile(join(folder, 'millrace-shop-1a2b3c4d.service'), 'utf8')).toBe(unitText(service))
    const unit = 'millrace-shop-1a2b3c4d.service'
    expect(told).toEqual([
      'systemctl --user daemon-reload',
      `systemctl --user enable ${unit}`,
      `systemctl --user reset-failed ${unit}`,
      `systemctl --user restart ${unit}`,
    ])
  })

  it('says what systemctl refused', async () => {
    answers = { 'systemctl --user enable': { code: 1, stderr: 'Access denied' } }
    await expect(manager().start(service)).rejects.toMatchObject({
      code: 'LOCAL_MANAGER_FAILED',
      message: '`systemctl --user enable millrace-shop-1a2b3c4d.service` ended with exit code 1: Access denied.',
    })
  })

  it('runs, or says why it does not', async () => {
    answers = {
      'systemctl --user show ': { stdout: 'MainPID=42\nResult=success\nActiveState=active\nSubState=running\n' },
    }
    expect(await manager().state(service)).toEqual({ isInstalled: false, isRunning: true, pid: 42 })
    answers = {
      'systemctl --user show ': {
        stdout: 'MainPID=0\nResult=exit-code\nExecMainStatus=2\nActiveState=failed\nSubState=failed\n',
      },
    }
    expect(await manager().state(service)).toMatchObject({
      isRunning: false,
      why: 'systemd says of the unit: failed, failed (exit code 2)',
    })
  })

  it('is taken away with its file', async () => {
    await manager().start(service)
    told = []
    await manager().remove(service)
    expect(told).toContain('systemctl --user disable --now millrace-shop-1a2b3c4d.service')
    expect(told.at(-2)).toBe('systemctl --user daemon-reload')
    await expect(readFile(join(folder, 'millrace-shop-1a2b3c4d.service'))).rejects.toThrow('ENOENT')
    told = []
    await manager().remove(service)
    expect(told.join('\n')).not.toContain('disable')
  })

  it('tells of lingering where that is off', async () => {
    answers = { loginctl: { stdout: 'Linger=no\n' } }
    expect((await manager().remarks(service))[0]).toContain('loginctl enable-linger')
    answers = { loginctl: { stdout: 'Linger=yes\n' } }
    expect(await manager().remarks(service)).toEqual([])
  })

  it('shows the last lines of its journal', async () => {
    answers = { journalctl: { stdout: 'one\n\ntwo\n' } }
    expect(await manager().lastLines(service, 5)).toEqual(['one', 'two'])
    expect(told[0]).toContain('--user --unit millrace-shop-1a2b3c4d.service --lines 5')
  })
})
