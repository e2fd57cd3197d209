import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallProject } from './small-project.js'
import { execute, main, millraceIn, startEngine, writeFiles } from './support.js'

const esc = String.fromCharCode(27)
/** Runs long enough to be seen running. */
const unhurried = `import { asset, defineProject } from 'millrace'
export default defineProject(asset('reports/revenue', {
  deps: ['main/revenue'],
  run: async ({ log }) => { await new Promise((resolve) => setTimeout(resolve, 500)); log('done') },
}))
`
let folder: Awaited<ReturnType<typeof smallProject>>
let millrace: ReturnType<typeof millraceIn>
let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  folder = await smallProject({ 'orchestration/definitions.ts': unhurried })
  millrace = millraceIn(folder.dir)
  // With an engine running, no command has to start a store and a warehouse of its own.
  engine = await startEngine(folder.dir)
})
afterAll(async () => {
  await engine.stop()
  await folder.remove()
})

const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('in a pipe', () => {
  it('a run is told in plain lines: one per asset made, checks that passed as a count', async () => {
    const { code, stdout } = await millrace('materialize', '*')
    expect(code).toBe(0)
    expect(stdout).not.toContain(esc)
    expect(stdout).not.toContain('\r')
    for (const step of ['sync orders', 'model revenue', 'typescript reports/revenue'])
      expect(stdout).toMatch(new RegExp(`^✓ ${step} \\d+\\.\\d s$`, 'm'))
    expect(stdout).not.toContain('test not_null')
    expect(stdout).toMatch(
      /Run \S+ succeeded in \d+\.\d s: 4 steps done \(1 of them checks\), 0 failed, 0 skipped\.\n$/,
    )
  })

  it('FORCE_COLOR colours, and NO_COLOR wins over it', async () => {
    const colored = millraceIn(folder.dir, { FORCE_COLOR: '1' })
    expect((await colored('runs')).stdout).toContain(esc)
    const plain = millraceIn(folder.dir, { FORCE_COLOR: '1', NO_COLOR: '1' })
    expect((await plain('runs')).stdout).not.toContain(esc)
  })

  it('a query answers CSV, without notes on standard output', async () => {
    expect((await millrace('query', 'select total from main.revenue')).stdout).toBe('total\n60\n')
    const { stdout, stderr } = await millrace('query', '--limit', '1', 'select * from raw.orders')
    expect(stdout.trim().split('\n')).toHaveLength(2)
    expect(stderr).toContain('Only the first 1 row;')
  })

  it.each(['data/orders.csv', 'files/near.csv'])(
    'a query finds the file %s from wherever it is asked',
    async (file) => {
      await writeFiles(folder.dir, { 'transformation/dbt/files/near.csv': 'id\n1\n2\n3\n' })
      const from = ['query', `select count(*) as n from '${file}'`, '--project-dir', folder.dir]
      expect((await execute(process.execPath, [main, ...from], { cwd: '/' })).stdout).toBe('n\n3\n')
    },
  )

  it('MILLRACE_PROJECT_DIR names the project, wherever the command is typed, unless --project-dir does', async () => {
    const elsewhere = millraceIn('/', { MILLRACE_PROJECT_DIR: folder.dir })
    expect((await elsewhere('query', 'select total from main.revenue')).stdout).toBe('total\n60\n')
    expect((await elsewhere('query', 'select 1', '--project-dir', '/')).stderr).toContain('(PROJECT_NOT_FOUND)')
  })

  it('a query comes from standard input, too', async () => {
    const { stdout } = await execute(process.execPath, [main, 'query'], { cwd: folder.dir, input: 'select 1 as one' })
    expect(stdout).toBe('one\n1\n')
  })
})

describe('--json', () => {
  it.each([
    [['runs'], [expect.objectContaining({ status: 'succeeded', selection: '*' })]],
    [['runs', 'show'], { status: 'succeeded', steps: expect.any(Array) }],
    [['check', 'orders'], { status: 'succeeded' }],
    [
      ['discover', 'orders'],
      [
        expect.objectContaining({
          name: 'orders',
          primaryKeyCandidates: [['id'], ['amount']],
          sample: { columns: ['id', 'amount'], rows: expect.arrayContaining([[1, 10]]) },
        }),
      ],
    ],
    [['connectors'], expect.arrayContaining([expect.objectContaining({ name: 'file' })])],
    [['connectors', 'show', 'file'], { name: 'file', spec: expect.any(Object) }],
    [['connectors', 'spec', 'file'], { spec: expect.objectContaining({ type: 'object' }) }],
    [['assets', 'main/revenue'], [expect.objectContaining({ key: 'main/revenue' })]],
    [
      ['assets', 'status', 'main/revenue'],
      [
        expect.objectContaining({
          key: 'main/revenue',
          health: 'fresh',
          checks: expect.objectContaining({ passed: 1 }),
        }),
      ],
    ],
    [['query', 'select 1 as one'], [{ one: 1 }]],
  ])('%j answers one document', async (args, expected) => {
    const { code, stdout } = await millrace(...args, '--json')
    expect(code).toBe(0)
    const document: unknown = JSON.parse(stdout)
    if (Array.isArray(expected)) expect(document).toEqual(expected)
    else expect(document).toMatchObject(expected)
  })

  it('a run is a stream of events that ends with the run', async () => {
    const { stdout } = await millrace('materialize', 'main/revenue', '--json')
    const events = jsonLines(stdout)
    expect(events.at(0)).toMatchObject({ type: 'run_queued' })
    expect(events.at(-1)).toMatchObject({ type: 'run_ended', run: { status: 'succeeded' } })
    expect(jsonLines((await millrace('logs', '--json')).stdout)).toEqual(
      events.slice(0, -1).filter((event) => event.type !== 'progress'),
    )
  })

  it('doctor answers one finding a line', async () => {
    const findings = jsonLines((await millrace('doctor', '--json')).stdout)
    expect(findings).toContainEqual(expect.objectContaining({ title: 'Warehouse', status: 'ok' }))
  })
})

describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal', () => {
  /** util-linux's script runs a command on a pseudo terminal. */
  const onTerminal = (command: string, env: NodeJS.ProcessEnv = {}) =>
    execute('script', ['-qec', `stty cols 80 rows 24; ${process.execPath} ${main} ${command}`, '/dev/null'], {
      cwd: folder.dir,
      // In CI there are plain lines, and this test runs there, too.
      env: { TERM: 'xterm', CI: undefined, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
    })

  it('shows what runs in place, and gives the cursor back', async () => {
    const { code, stdout } = await onTerminal("materialize '*'")
    expect(code).toBe(0)
    expect(stdout).toMatch(/\d of 4 steps done · \d running/)
    expect(stdout.lastIndexOf(`${esc}[?25h`)).toBeGreaterThan(stdout.lastIndexOf(`${esc}[?25l`))
    // What stays: passed checks are counted, not listed.
    expect(stdout).toContain('model revenue')
    expect(stdout.split('\n').filter((line) => line.includes('✓') && line.includes('not_null_revenue'))).toEqual([])
  })

  it('prints tables, in colour unless NO_COLOR is set', async () => {
    expect((await onTerminal("query 'select 1 as one'")).stdout).toContain(`${esc}[1mone`)
    expect((await onTerminal("query 'select 1 as one'", { NO_COLOR: '1' })).stdout).toBe('one\r\n  1\r\n')
  })
})
