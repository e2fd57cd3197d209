import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { smallProject, withoutModelsAndCode } from './small-project.js'
import { execute, main, root } from './support.js'

let folder: Awaited<ReturnType<typeof smallProject>>
beforeEach(async () => {
  folder = await smallProject(withoutModelsAndCode)
})
afterEach(() => folder.remove())

/** `millrace up` until its output holds `text`; `stop` presses Ctrl-C and answers everything it said. */
async function up(args: readonly string[], text: string) {
  const child = spawn(process.execPath, [main, 'up', ...args], { cwd: folder.dir, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const ended = once(child, 'close')
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        output += part
        if (output.includes(text)) resolve()
      })
    child.once('close', () => reject(new Error(`It ended without "${text}":\n${output}`)))
  })
  return {
    output: () => output,
    kill: () => child.kill('SIGKILL'),
    async stop() {
      child.kill('SIGINT')
      const [code] = (await ended) as [number]
      return { code, output }
    },
  }
}

/** The processes that a supervisor starts and that would be missed least if they stayed behind. */
async function engineAndStore(): Promise<readonly number[]> {
  const state = join(folder.dir, '.millrace')
  return [
    (JSON.parse(await readFile(join(state, 'engine.lock'), 'utf8')) as { pid: number }).pid,
    Number((await readFile(join(state, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]),
  ]
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('millrace up', () => {
  it('runs a new project once, and Ctrl-C ends every process and says what becomes of the work', async () => {
    await folder.remove()
    folder = await smallProject()
    const running = await up(['--port', '0'], 'See it: ')
    expect(running.output()).toContain('Nothing ran here yet: running everything once.')
    expect(running.output()).toContain('4 steps done (1 of them checks), 0 failed')
    const pids = await engineAndStore()
    expect(pids.map(isAlive)).toEqual([true, true])
    // The store is of this machine alone, though its processes are handed the address.
    const kept = await execute(process.execPath, [main, 'secrets', 'set', 'TOKEN', '--stdin'], {
      cwd: folder.dir,
      input: 'over the hills',
    })
    expect(kept).toMatchObject({ code: 0, stderr: '' })
    const { code, output } = await running.stop()
    expect(code).toBe(0)
    expect(output).toContain('Stopped. What was running goes on at the next start.')
    expect(pids.map(isAlive)).toEqual([false, false])
  })

  it('leaves nothing behind when it is killed', async () => {
    const running = await up(['--port', '0', '--no-run'], 'Millrace is running')
    const pids = await eventually('the engine runs', () => engineAndStore().catch(() => undefined))
    running.kill()
    await eventually('engine and store end', () => !pids.some(isAlive))
  })

  it.each(['engine', 'serve'])('leaves no %s behind when it is killed before that has begun', async (command) => {
    const child = spawn(process.execPath, [main, command], {
      cwd: folder.dir,
      // Of the address of a store that ended before it was there.
      env: {
        ...process.env,
        MILLRACE_SUPERVISED: '1',
        MILLRACE_METASTORE_URL: 'postgresql://millrace@127.0.0.1:1/none',
      },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.disconnect()
    const giveUp = setTimeout(() => child.kill('SIGKILL'), 15_000)
    expect(await once(child, 'exit')).toEqual([0, null])
    clearTimeout(giveUp)
  })

  it('says at once that an address is not of this machine, and leaves nothing behind', async () => {
    // Of RFC 5737: no machine has it. Others would reach it, so there must be a user.
    const { code, stdout, stderr } = await execute(process.execPath, [main, 'up', '--host', '192.0.2.1', '--no-run'], {
      cwd: folder.dir,
      env: { MILLRACE_ADMIN_PASSWORD: 'a long enough password' },
    })
    expect(code).toBe(2)
    expect(stdout).not.toContain('starting it again')
    expect(stderr.match(/Nothing can listen on 192\.0\.2\.1/g)).toHaveLength(1)
    expect(stderr).not.toContain('starting it again')
    expect((await engineAndStore().catch(() => [])).filter(isAlive)).toEqual([])
    await execute(process.execPath, [main, 'user', 'remove', 'admin'], { cwd: folder.dir })
  })

  it('takes the next port when one is taken, and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    try {
      const running = await up(['--port', String(port), '--no-run'], 'Millrace is running')
      const { output } = await running.stop()
      const taken = new RegExp(`Port ${port} is in use; using (\\d+)\\.`).exec(output)?.[1]
      expect(output).toContain(`http://localhost:${taken}`)
    } finally {
      other.close()
    }
  })

  it('--once exits with 1 when a step failed', async () => {
    const { dir } = folder
    await execute('rm', [join(dir, 'data/orders.csv')])
    expect((await execute(process.execPath, [main, 'up', '--once'], { cwd: dir })).code).toBe(1)
  })
})

it('the scripts tell when Node is too old', async () => {
  const pretend = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.19.0"})'
  const { code, stderr } = await execute(process.execPath, ['--import', pretend, join(root, 'scripts/prepare.mjs')])
  expect(code).toBe(2)
  expect(stderr).toContain('Millrace needs Node 20.19 or newer; this is 18.19.0.')
})
