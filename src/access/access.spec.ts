import { describe, expect, it } from 'vitest'
import { expiryOf } from './expiry.js'
import { FailureBrake } from './failure-brake.js'
import { isUserName, requireTokenName, visibleLine } from './names.js'
import { hashPassword, isPassword, requirePassword } from './password.js'
import { lowerRole, mayActAs, roles } from './roles.js'
import { hashSecret, isSessionSecret, isTokenSecret, newSessionSecret, newTokenSecret } from './secret-text.js'

describe('a password', () => {
  it('is kept with how it was made, and differently each time', async () => {
    const [one, other] = [await hashPassword('horse battery'), await hashPassword('horse battery')]
    expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(other)
    expect(await isPassword('horse battery', one)).toBe(true)
    expect(await isPassword('horse batterz', one)).toBe(false)
  })
  it('of earlier, cheaper parameters is still known', async () => {
    const { scryptSync } = await import('node:crypto')
    const key = scryptSync('old password', Buffer.from('salt'), 32, { N: 1024, r: 8, p: 1 })
    const hash = `scrypt$1024$8$1$${Buffer.from('salt').toString('base64url')}$${key.toString('base64url')}`
    expect(await isPassword('old password', hash)).toBe(true)
  })
  it('is the same however its signs are typed', async () => {
    expect(await isPassword('cafe\u0301 au lait', await hashPassword('caf\u00e9 au lait'))).toBe(true)
  })
  it.each([undefined, 'scrypt$1024$8$1$c2FsdA$', 'plain$1024$8$1$c2FsdA$c2FsdA'])('has no hash like %j', async (hash) =>
    expect(await isPassword('', hash)).toBe(false),
  )
  it.each(['short', 'aaaaaaaaaaaa', 'administrator', 'x'.repeat(2000), '😀'.repeat(9)])('%s will not do', (password) =>
    expect(() => requirePassword(password, 'Administrator')).toThrow(),
  )
})

describe('the brake on logins', () => {
  const open = (options = {}) => {
    let ms = 0
    const brake = new FailureBrake({ clock: { monotonicMs: () => ms }, freeFailures: 2, mostMs: 8_000, ...options })
    return { brake, forward: (by: number) => (ms += by) }
  }
  it('lets people mistype, then doubles the pause up to the longest', () => {
    const { brake, forward } = open()
    const pauses = Array.from({ length: 8 }, () => {
      brake.begin('ada')
      const pause = brake.pauseMs('ada')
      forward(pause)
      expect(brake.pauseMs('ada')).toBe(0)
      return pause
    })
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000])
    expect(brake.pauseMs('bob')).toBe(0)
  })
  it('forgets what is right, and what is long ago', () => {
    const { brake, forward } = open()
    for (let i = 0; i < 3; i++) brake.begin('ada')
    const takeBack = brake.begin('ada')
    takeBack()
    expect(brake.pauseMs('ada')).toBe(2_000)
    brake.forget('ada')
    expect(brake.pauseMs('ada')).toBe(0)
    for (let i = 0; i < 4; i++) brake.begin('ada')
    forward(3600_001)
    expect(brake.pauseMs('ada')).toBe(0)
  })
  it('takes back what was right with its time, however it is told, and nothing else', () => {
    const { brake, forward } = open()
    // Twenty days of an office: somebody mistypes once a day, and every ten minutes somebody is let in.
    for (let i = 0; i < 20 * 24 * 6; i++) {
      if (i % (24 * 6) === 0) brake.begin('office')
      expect(brake.pauseMs('office')).toBe(0)
      brake.begin('office')()
      forward(600_000)
    }
    // Attempts at the same time, of which the first is the right one.
    const [right] = [brake.begin('ada'), brake.begin('ada'), brake.begin('ada')]
    forward(1_500)
    brake.begin('ada')
    right?.()
    expect(brake.pauseMs('ada')).toBe(2_000)
  })
  it('forgets a key of which everything was taken back', () => {
    const { brake } = open({ mostKeys: 2 })
    for (let i = 0; i < 3; i++) brake.begin('ada')
    for (const name of ['a', 'b', 'c']) brake.begin(name)()
    expect(brake.pauseMs('ada')).toBe(2_000)
  })
  it('remembers no more keys than it may, the latest', () => {
    const { brake } = open({ mostKeys: 3 })
    for (let i = 0; i < 5; i++) brake.begin('ada')
    for (const name of ['a', 'b']) brake.begin(name)
    expect(brake.pauseMs('ada')).toBeGreaterThan(0)
    brake.begin('c')
    expect(brake.pauseMs('ada')).toBe(0)
  })
})

describe('roles', () => {
  it('each may what those before it may', () => {
    expect(roles.map((own) => roles.filter((needed) => mayActAs(own, needed)).length)).toEqual([1, 2, 3])
    expect([lowerRole('admin', 'viewer'), lowerRole('viewer', 'admin')]).toEqual(['viewer', 'viewer'])
  })
})

describe('secrets', () => {
  it('cannot be guessed, and are known by their form', () => {
    const made = new Set(Array.from({ length: 100 }, newTokenSecret))
    expect([made.size, [...made].every(isTokenSecret)]).toEqual([100, true])
    expect(isSessionSecret(newSessionSecret())).toBe(true)
    expect(isTokenSecret(`mr_${'a'.repeat(44)}`) || isTokenSecret('') || isSessionSecret('a;b')).toBe(false)
    expect(hashSecret('a')).toHaveLength(64)
  })
})

describe('texts', () => {
  it.each([
    ['ada', true],
    ['ada.l+x@data.example', true],
    ['-ada', false],
    ['ada ', false],
    ['ad\u0430', false],
    ['a/b', false],
  ])('%j as a name: %s', (name, isName) => expect(isUserName(name)).toBe(isName))
  it.each(['', ' ', 'a\nb', 'a\u202eb', 'a\u200bb', 'x'.repeat(101)])('%j names no token', (name) =>
    expect(() => requireTokenName(name)).toThrow(),
  )
  it('of others become one visible line', () => expect(visibleLine('a\r\nb\u202ec\u0000')).toBe('a  b c '))
  it.each([
    ['12h', 12],
    ['90d', 90 * 24],
    ['4w', 4 * 7 * 24],
  ])('%s is a time from now', (text, hours) => expect(expiryOf(text, new Date(0)).getTime()).toBe(hours * 3600_000))
  it.each(['0d', '90', '1y', '-1d', '1e3d', '3651d', '99999w', ''])('%j is none', (text) =>
    expect(() => expiryOf(text, new Date(0))).toThrow('no time after which'),
  )
})
