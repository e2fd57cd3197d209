import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import type { Manifest, NodeResult } from '../contract.js'
import { TargetMemory } from './target-memory.js'

let memory: TargetMemory
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-memory-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  memory = new TargetMemory(folder, 'shop', 'dev')
})

function remember(name: string, text = ''): void {
  const node = { unique_id: name, resource_type: 'model', raw_code: text, depends_on: { nodes: [], macros: [] } }
  const result = { unique_id: name, status: 'success', adapter_response: {}, timing: [], execution_time: 1 }
  const manifest = { nodes: { [name]: node }, unit_tests: {}, macros: {} }
  memory.remember(manifest as never as Manifest, [result as never as NodeResult], new Set())
}

it('loses nothing behind the half line of a process that was killed', () => {
  remember('a')
  appendFileSync(memory.file, '{"node":')
  remember('b')
  remember('c')
  expect([...memory.read().keys()]).toEqual(['a', 'b', 'c'])
})

it('keeps of a file that grew what counts, and only reading changes nothing', () => {
  const long = 'x'.repeat(100_000)
  for (let i = 0; i < 10; i++) remember('a', long)
  const before = readFileSync(memory.file, 'utf8')
  memory.read()
  expect(readFileSync(memory.file, 'utf8')).toBe(before)
  remember('a', long)
  expect(readFileSync(memory.file, 'utf8').split('\n')).toHaveLength(2)
})
