import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { fences, pageOf, root } from './support/markdown.js'

// Not among the checks of the documentation, which go before anything is built.
it('the tests of docs/authoring.md pass, by the built package and the test runner of Node', () => {
  const text = fences(pageOf('docs/authoring.md')).find((fence) => fence.text.includes("from 'node:test'"))?.text ?? ''
  const dir = mkdtempSync(join(tmpdir(), 'millrace-docs-'))
  const run = (code: string) => {
    writeFileSync(join(dir, 'definitions.test.ts'), code)
    const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
    return spawnSync(process.execPath, ['--import', tsx, '--test', 'definitions.test.ts'], {
      cwd: dir,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    })
  }
  try {
    mkdirSync(join(dir, 'node_modules'))
    symlinkSync(root, join(dir, 'node_modules/millrace'))
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
    const passed = run(text)
    expect([passed.status, passed.stdout]).toEqual([0, expect.stringContaining('pass 3')])
    expect(run(text.replace('cursor: 4', 'cursor: 5')).stdout).toContain('fail 1')
  } finally {
    rmSync(dir, { recursive: true })
  }
})
