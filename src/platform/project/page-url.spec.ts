import { expect, it } from 'vitest'
import { silentLogger } from '../../base/index.js'
import type { Project } from '../contract.js'
import { localUrl, pageUrl } from './page-url.js'

it.each([
  ['127.0.0.1', 'http://localhost:3000'],
  ['0.0.0.0', 'http://localhost:3000'],
  ['::', 'http://localhost:3000'],
  ['::1', 'http://[::1]:3000'],
  ['10.0.0.7', 'http://10.0.0.7:3000'],
])('a server that listens on %s is at %s', (host, url) => {
  expect(localUrl(host, 3000)).toBe(url)
})

it.each([
  ['nobody is alerted', undefined, undefined, 'http://localhost:3000', 0],
  ['it is known where', 'https://hook', 'https://data.internal', 'https://data.internal', 0],
  ['it is not known where', 'https://hook', undefined, 'http://localhost:3000', 1],
])('where %s, links of alerts are so', (_what, webhook, url, expected, count) => {
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) } as typeof silentLogger
  const project = { alerts: { webhook }, server: { url } } as unknown as Project
  expect(pageUrl(project, { host: '127.0.0.1', port: 3000, logger })).toBe(expected)
  expect(warnings).toHaveLength(count)
})
