import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallProject } from './small-project.js'
import { execute, main, millraceIn } from './support.js'

let folder: Awaited<ReturnType<typeof smallProject>>
let bashScript: string
beforeAll(async () => {
  folder = await smallProject({
    'transformation/dbt/models/$(touch hacked).sql': 'select 1',
    'orchestration/definitions.ts': `import { asset, defineProject, schedule } from 'millrace'
export default defineProject(
  asset('reports/revenue', { deps: ['main/revenue'], run: () => {} }),
  schedule('nightly', { cron: '0 5 * * *', target: '*' }),
)
`,
  })
  bashScript = (await millraceIn(folder.dir)('completion', 'bash')).stdout
})
afterAll(() => folder.remove())

/** What bash offers behind `millrace <words>` when Tab is pressed at the end of the last word. */
async function offered(words: readonly string[], cwd = folder.dir): Promise<string[]> {
  const script = `
    millrace() { "$NODE" "$MAIN" "$@"; }
    eval "$SCRIPT"
    COMP_WORDS=(millrace "$@"); COMP_CWORD=$#
    _millrace
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const env = { NODE: process.execPath, MAIN: main, SCRIPT: bashScript }
  const { stdout } = await execute('bash', ['-c', script, 'bash', ...words], { cwd, env })
  return stdout.split('\n').filter((line) => line !== '')
}

describe('completion in bash', () => {
  it.each([
    [['s'], ['sync', 'serve', 'secrets']],
    [['runs', 're'], ['rerun']],
    [['sync', '--f'], ['--full-refresh']],
    [['query', '--js'], ['--json']],
    [['query', '--format', 't'], ['table']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['sync', ''], ['orders']],
    [['automation', 'of'], ['off']],
    [['automation', 'ticks', ''], ['nightly']],
    [['sync', '--stream', ''], ['orders']],
    [
      ['materialize', ''],
      ['raw/orders', 'revenue', 'reports/revenue'],
    ],
    [['materialize', 'raw/orders', 'rep'], ['reports/revenue']],
    [['dbt', 'b'], ['build']],
    [['dbt', 'run', '--select', ''], ['revenue']],
  ])('millrace %j', async (words, expected) => expect(await offered(words)).toEqual(expected))

  it('knows the project that --project-dir names, and is quiet outside of one', async () => {
    expect(await offered(['--project-dir', folder.dir, 'check', ''], '/')).toEqual(['orders'])
    expect(await offered(['check', ''], '/')).toEqual([])
  })

  it('never opens the store, nor runs what a file is called', async () => {
    await offered(['materialize', ''])
    const { stdout } = await execute('ls', ['-A'], { cwd: folder.dir })
    expect(stdout).not.toMatch(/\.millrace|hacked/)
  })
})

it('there is a script for zsh', async () => {
  const { code, stdout } = await millraceIn('/')('completion', 'zsh')
  expect(code).toBe(0)
  expect(stdout).toContain('millrace __complete')
})

describe.skipIf(!existsSync('/usr/bin/fish'))('completion in fish', () => {
  it.each([
    ['runs re', ['rerun']],
    ['sync ', ['orders']],
    // Where there is nothing of ours to offer, files are.
    ['query --file mill', ['millrace.yaml']],
  ])('millrace %s', async (words, expected) => {
    const { stdout: script } = await millraceIn(folder.dir)('completion', 'fish')
    const lines = [
      `function millrace; ${process.execPath} ${main} $argv; end`,
      script,
      `complete -C 'millrace ${words}'`,
    ]
    const { stdout } = await execute('fish', ['--no-config', '-c', lines.join('\n')], { cwd: folder.dir })
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual(expected)
  })
})
