import { expect, it } from 'vitest'
import { processName } from '../../base/index.js'
import { isLeftBehind } from './left-behind.js'

it('a run is left behind whose engine is gone, and no other', () => {
  const here = processName()
  const gone = here.replace(String(process.pid), '4194304')
  expect(gone).not.toBe(here)
  expect(isLeftBehind({ status: 'running', worker: gone })).toBe(true)
  expect(isLeftBehind({ status: 'running', worker: here })).toBe(false)
  expect(isLeftBehind({ status: 'running', worker: 'elsewhere', isAbandoned: true })).toBe(true)
  expect(isLeftBehind({ status: 'succeeded', worker: gone })).toBe(false)
})
