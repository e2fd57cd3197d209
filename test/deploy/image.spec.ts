import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/markdown.js'

const instructions = readFileSync(join(root, 'deploy/image/Dockerfile'), 'utf8')
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter(Boolean)
  .map((line) => line.split(/\s+(.*)/) as [name: string, text: string])
const texts = (name: string) => instructions.filter(([one]) => one === name).map(([, text]) => text)

it('begins with images whose version is named', () => {
  const images = texts('ARG').map((text) => text.split('=')[1] ?? '')
  expect(images).toHaveLength(2)
  for (const image of images) expect(image).toMatch(/^\w+:(?!latest)[\w.-]+$/)
})

it('what runs is no root, has tini before it, and nothing that builds', () => {
  const [name, text] = instructions.find(([name, text]) => name === 'FROM' && text.endsWith(' AS runtime')) ?? []
  expect([name, text]).toEqual(['FROM', '$' + '{BASE_IMAGE} AS runtime'])
  expect(texts('USER')).toEqual(['1000:1000'])
  expect(JSON.parse(texts('ENTRYPOINT')[0] ?? '')).toEqual(['/usr/bin/tini', '--', 'millrace'])
  // The image is what the last stage is, and that begins with this one.
  expect(texts('FROM').at(-1)).toBe('runtime AS complete')
})

it('needs nothing of a public registry but base images, which one may name otherwise', () => {
  expect(readFileSync(join(root, 'deploy/image/Dockerfile'), 'utf8')).not.toMatch(/^#\s*syntax\s*=/im)
})

it('has no stage by the name of the context that the project comes in, which BuildKit would take for it', () => {
  const stages = texts('FROM').map((text) => text.split(' AS ')[1])
  const contexts = texts('COPY').flatMap((text) => /^--from=(\S+)/.exec(text)?.[1] ?? [])
  expect(contexts.filter((name) => !stages.includes(name))).toEqual(['project'])
})

it('copies only what there is', () => {
  const own = texts('COPY').filter((text) => !text.startsWith('--from='))
  const paths = own.flatMap((text) => text.split(/\s+/).slice(0, -1))
  expect(paths).toContain('package-lock.json')
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

it('holds no secret and no data of the one who builds it', () => {
  const leftOut = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  for (const path of ['.git', '**/.millrace', '**/node_modules', 'deploy']) expect(leftOut).toContain(path)
  for (const text of texts('ENV')) expect(text).not.toMatch(/PASSWORD|DATABASE_URL|TOKEN/)
})
