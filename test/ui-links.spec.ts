import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ui = new URL('../ui/src/', import.meta.url)
/** Addresses that begin at the top of the server, however they are written. */
const fromTheTop = (text: string) => text.match(/\b(?:href|src|action)=(?:\{\s*)?["'`]\/(?!\/)[^"'`]*/g) ?? []

it('an address from the top of the server is found, others are not', () => {
  // As they stand in files: what is to be put in is put in there.
  const put = (name: string) => `\${${name}}`
  for (const text of ['<a href="/runs">', "href={'/runs'}", `href={\`/runs/${put('id')}\`}`, '<img src="/x.png">'])
    expect(fromTheTop(text)).toHaveLength(1)
  const others = `href={\`${put('basePath')}/runs\`} href="https://a.example" href="#main" <To to="/runs">`
  expect(fromTheTop(others)).toEqual([])
})

it('no page has one: below the path of a proxy it would lead out of the program', () => {
  const files = readdirSync(ui, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'))
  expect(files.length).toBeGreaterThan(100)
  const found = files.flatMap((name) =>
    fromTheTop(readFileSync(new URL(name, ui), 'utf8')).map((text) => `${name}: ${text}`),
  )
  expect(found).toEqual([])
})
