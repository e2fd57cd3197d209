import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ignoredFiles } from './ignored-files.js'

test.each([
  ['models/ignore*.sql', ['models/ignore_me.sql'], ['models/deep/ignore_me.sql', 'models/a.sql']],
  ['old', ['models/old/a.sql', 'models/deep/old/b/c.sql', 'old'], ['models/older.sql']],
  ['old/', ['models/old/a.sql'], ['models/old']],
  ['/seeds/**/*.csv', ['seeds/a.csv', 'seeds/b/c.csv'], ['models/seeds/a.csv']],
  ['*.sql\n!models/a.sql\n\n# *.csv', ['models/b.sql'], ['models/a.sql', 'seeds/a.csv']],
])('%j', (text, ignored, kept) => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-ignore-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, '.dbtignore'), text)
  const isIgnored = ignoredFiles(dir)
  expect([...ignored, ...kept].filter(isIgnored)).toEqual(ignored)
})
