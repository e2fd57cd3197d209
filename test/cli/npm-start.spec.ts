import { spawn } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { slowProject } from '../platform/slow-project.js'
import { eventually } from '../support/millrace.js'
import { root, temporaryFolder, writeFiles } from './support.js'

/** `npm start` as the first of a group of its own. Its output ends with the last of its processes. */
function npmStart(cwd: string, args: readonly string[] = []) {
  const child = spawn('npm', ['start', '--', ...args], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const { pid } = child
  if (pid === undefined) throw new Error('There is no npm.')
  let output = ''
  let isOver = false
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  child.once('close', () => {
    isOver = true
  })
  onTestFinished(() => {
    if (!isOver) process.kill(-pid, 'SIGTERM')
  })
  return {
    pid,
    output: () => output,
    saying: (text: string) => eventually(`it says "${text}"`, () => output.includes(text)),
    ended: () => eventually('all that it started ends', () => isOver, { withinMs: 60_000 }),
  }
}

it.each([
  ['npm gets TERM', 'SIGTERM', 1, []],
  ['npm is killed', 'SIGKILL', 1, ['--once']],
  ['its whole group gets TERM', 'SIGTERM', -1, []],
] as const)(
  'ends in the middle of a run with all that it started when %s (%s %i %j)',
  async (_when, signal, to, args) => {
    const project = await slowProject()
    onTestFinished(() => project.remove())
    const running = npmStart(root, ['--project-dir', project.dir, '--port', '0', '--airbyte-port', 'any', ...args])
    await project.hasBegun()
    const postmaster = await readFile(join(project.dir, '.millrace/postgres/postmaster.pid'), 'utf8')
    process.kill(to * running.pid, signal)
    await running.ended()
    expect(() => process.kill(Number(postmaster.split('\n')[0]), 0)).toThrow('ESRCH')
    expect(running.output()).toContain('Stopping …')
  },
)

it.each([
  ['npm is killed', 'SIGKILL'],
  ['npm gets TERM', 'SIGTERM'],
] as const)(
  'ends what it installs with, whatever that makes of signals, and begins nothing when %s',
  async (_, signal) => {
    const { dir, remove } = await temporaryFolder()
    onTestFinished(remove)
    const installer = join(dir, 'node_modules/.bin/npm')
    await writeFiles(dir, {
      'package.json': JSON.stringify({ scripts: { start: 'node scripts/start.mjs' } }),
      'package-lock.json': JSON.stringify({ packages: { 'node_modules/absent': { version: '1.0.0' } } }),
      // As npm does with the scripts of packages, it waits for another one.
      [installer.slice(dir.length)]: "#!/bin/sh\ntrap '' TERM INT HUP\nsleep 600 &\necho $0 $1\nwait\n",
    })
    await chmod(installer, 0o755)
    await mkdir(join(dir, 'scripts'))
    for (const name of ['start.mjs', 'run-up.mjs', 'prepare.mjs', 'npm-parent.mjs', 'processes.mjs', 'kill-tree.mjs'])
      await copyFile(join(root, 'scripts', name), join(dir, 'scripts', name))
    const running = npmStart(dir)
    await running.saying(`${installer} ci`)
    process.kill(running.pid, signal)
    await running.ended()
    expect(running.output()).not.toContain('Building')
  },
)

/** The shop example in a folder of its own, with something to do besides when it is stocked. */
async function shopThat(does: string) {
  const { dir, remove } = await temporaryFolder()
  onTestFinished(remove)
  for (const name of ['dist', 'node_modules', 'scripts']) await symlink(join(root, name), join(dir, name))
  const example = join(dir, 'examples/shop-cdc')
  await cp(join(root, 'examples/shop-cdc/shop'), join(example, 'shop'), { recursive: true })
  const schema = await readFile(join(example, 'shop/schema.mjs'), 'utf8')
  const begins = 'export async function stock(client) {'
  expect(schema).toContain(begins)
  await writeFiles(dir, {
    'package.json': JSON.stringify({ scripts: { start: 'node examples/shop-cdc/shop/start.mjs' } }),
    'examples/shop-cdc/shop/schema.mjs': `import { existsSync } from 'node:fs'\nimport { setTimeout as sleep } from 'node:timers/promises'\n${schema.replace(begins, `${begins}\n${does}`)}`,
  })
  return { dir, postmaster: () => readFile(join(example, '.shop/postgres/postmaster.pid'), 'utf8') }
}

it.each([
  ['Ctrl-C comes while it is stocked', '', 'The shop is closed'],
  ['it cannot be stocked', "throw new Error('There is no tea.')", 'The shop cannot be opened: There is no tea.'],
])('leaves no PostgreSQL of the shop example where %s', async (_, then, says) => {
  const { dir, postmaster } = await shopThat(
    `console.log('Stocking'); while (!existsSync('go-on')) await sleep(20); ${then}`,
  )
  const running = npmStart(dir)
  await running.saying('Stocking')
  const [pid] = (await postmaster()).split('\n')
  if (then === '') process.kill(-running.pid, 'SIGINT')
  await writeFile(join(dir, 'go-on'), '')
  await running.ended()
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  expect(running.output()).toContain(says)
  expect(running.output()).not.toContain('Millrace is running')
})
