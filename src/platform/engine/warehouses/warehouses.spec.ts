import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createLogger } from '../../../base/index.js'
import { Warehouses } from './warehouses.js'

it('tells of a folder that it makes for a DuckDB file, and of none that is there', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-warehouses-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const said: string[] = []
  const warehouses = new Warehouses(
    [],
    createLogger(({ message }) => said.push(message)),
  )
  onTestFinished(() => warehouses.close())
  const open = (path: string) =>
    warehouses.open({
      profileName: 'shop',
      targetName: 'dev',
      type: 'duckdb',
      threads: 1,
      database: 'shop',
      schema: 'main',
      credentials: { path },
    })
  await open(join(dir, 'here.duckdb'))
  expect(said).toEqual([])
  await open(join(dir, 'data', 'raw', 'shop.duckdb'))
  expect(said).toEqual([
    `The folder ${join(dir, 'data', 'raw')} was not there; it is made, and in it a new shop.duckdb.`,
  ])
  await open(join(dir, 'data', 'raw', 'other.duckdb'))
  expect(said).toHaveLength(1)
})
