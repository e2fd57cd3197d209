import { expect, it } from 'vitest'
import { cookieJar } from './cookies.js'

it('gives cookies back where they belong, for as long as they last', () => {
  let nowMs = Date.parse('2024-03-01T12:00:00Z')
  const jar = cookieJar(() => nowMs)
  jar.take('https://api.example.com/v1/login', [
    'plain=1',
    'deep=2; Path=/v1/items; HttpOnly',
    'wide=3; Domain=.example.com; Path=/',
    'secret=4; Secure; Path=/',
    'short=5; Max-Age=60; Path=/',
    'late=6; Expires=Fri, 01-Mar-2024 12:02:00 GMT; Path=/',
    'other=7; Domain=other.com',
    'top=8; Domain=com',
    'nothing',
  ])
  expect(jar.header('https://api.example.com/v1/items')).toBe('deep=2; plain=1; wide=3; secret=4; short=5; late=6')
  expect(jar.header('http://www.example.com/')).toBe('wide=3')
  nowMs += 90_000
  jar.take('https://api.example.com/', ['wide=; Domain=example.com; Path=/; Max-Age=0', 'plain=9; Path=/v1'])
  expect(jar.header('https://api.example.com/v1')).toBe('plain=9; secret=4; late=6')
  expect(jar.header('https://elsewhere.com/')).toBeUndefined()
})
