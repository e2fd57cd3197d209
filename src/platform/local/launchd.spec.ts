import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { agentText, LaunchdManager } from './launchd.js'
import type { RunProgram } from './run-program.js'

let folder: string
let told: string[]
/** A launchd that goes on having an agent for some questions after it was taken out, and refuses a new one meanwhile. */
let agent: { isThere: boolean; goingFor: number }
let printed: string
const run: RunProgram = async (program, args) => {
  told.push([program, ...args].join(' '))
  const [verb, target] = args
  const outcome = (code: number, stdout = '', stderr = '') => ({ code, stdout, stderr })
  if (verb === 'print' && target === 'gui/501') return outcome(0)
  if (verb === 'print') {
    if (agent.goingFor > 0 && --agent.goingFor === 0) agent.isThere = false
    return agent.isThere ? outcome(0, printed) : outcome(113, '', 'Could not find service')
  }
  if (verb === 'bootout') agent.goingFor = 3
  if (verb === 'bootstrap') {
    if (agent.isThere) return outcome(5, '', 'Bootstrap failed: 5: Input/output error')
    agent = { isThere: true, goingFor: 0 }
  }
  return outcome(0)
}

const service = () => ({
  name: 'millrace-shop-1a2b3c4d',
  title: 'Millrace: shop',
  command: ['/usr/bin/node', '/opt/a & b/<x>/main.js', 'up'],
  dir: '/srv/shop',
  env: { PATH: '/usr/bin' },
  folder,
})
const manager = () => new LaunchdManager({ run, folder, uid: 501, pauseMs: 1 })
const path = () => join(folder, 'millrace-shop-1a2b3c4d.plist')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-launchd-'))
  told = []
  agent = { isThere: false, goingFor: 0 }
  printed = 'gui/501/millrace-shop = {\n\tstate = running\n\tpid = 42\n}\n'
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a launch agent', () => {
  it('holds the command, escaped, and starts at login and again', () => {
    const text = agentText(service())
    expect(text).toContain('<string>/opt/a &amp; b/&lt;x&gt;/main.js</string>')
    expect(text).toMatch(/<key>RunAtLoad<\/key>\s*<true\/>/)
    expect(text).toMatch(/<key>KeepAlive<\/key>\s*<true\/>/)
    expect(text).toContain(`<string>${join(folder, 'millrace.log')}</string>`)
  })

  it('is started, and started again once launchd has let go of it', async () => {
    await manager().start(service())
    expect(await readFile(path(), 'utf8')).toBe(agentText(service()))
    told = []
    await manager().start(service())
    expect(told.filter((line) => !line.includes(' print '))).toEqual([
      'launchctl bootout gui/501/millrace-shop-1a2b3c4d',
      `launchctl bootstrap gui/501 ${path()}`,
    ])
  })

  it('runs, or says why it does not', async () => {
    expect(await manager().state(service())).toEqual({
      isInstalled: false,
      isRunning: false,
      why: 'launchd does not have it',
    })
    await manager().start(service())
    expect(await manager().state(service())).toEqual({ isInstalled: true, isRunning: true, pid: 42 })
    printed = '\tstate = spawn scheduled\n\tlast exit code = 2\n'
    expect((await manager().state(service())).why).toBe('launchd says of the agent: spawn scheduled (last exit code 2)')
  })

  it('is taken away with its file', async () => {
    await manager().start(service())
    await manager().remove(service())
    expect((await manager().state(service())).isInstalled).toBe(false)
    await expect(readFile(path())).rejects.toThrow('ENOENT')
  })
})
