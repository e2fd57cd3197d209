import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const built = new URL('../../dist/ui/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, built))

it('the first page needs less than 250 kB, compressed', () => {
  const html = read('index.html')
  const first = [...String(html).matchAll(/(?:src|href)="(\.\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? '')
  expect(first.length).toBeGreaterThan(1)
  const sizeBytes = [html, ...first.map(read)].reduce((sum, file) => sum + gzipSync(file).byteLength, 0)
  expect(sizeBytes).toBeLessThan(250_000)
})
