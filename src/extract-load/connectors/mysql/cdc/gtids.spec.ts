import { describe, expect, it } from 'vitest'
import type { FollowedStream } from './followed-stream.js'
import { gtidBody } from './gtid-events.js'
import type { Gtid, Gtids } from './gtids.js'
import { LogProgress } from './log-progress.js'
import { nowhere, startOf } from './log-start.js'
import { MariaDbGtids } from './mariadb-gtids.js'
import { MysqlGtidSet } from './mysql-gtid-set.js'

const one = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const two = 'c9f0f895-fb98-11e1-9e33-000000000001'
const mysql = (text: string) => MysqlGtidSet.parse(text) as MysqlGtidSet
const mariaDb = (text: string) => MariaDbGtids.parse(text) as MariaDbGtids
const gtid = (text: string): Gtid => {
  const [source = '', server = '', number = ''] = text.includes(':')
    ? [text.split(':')[0], '0', text.split(':')[1]]
    : text.split('-')
  return { source, server: Number(server), number: BigInt(number) }
}

describe("MySQL's sets of transactions", () => {
  it.each([
    ['', ''],
    [`${one}:1`, `${one}:1`],
    [`${one}:1-5`, `${one}:1-5`],
    [`${one.toUpperCase()}:1-5:7,\n${two}:3`, `${one}:1-5:7,${two}:3`],
    [`${one}:4-6:1-3:9`, `${one}:1-6:9`],
    [`${one}:1-5:3-9`, `${one}:1-9`],
  ])('%s', (given, text) => {
    expect(mysql(given).text).toBe(text)
    expect(MysqlGtidSet.decode(mysql(given).encode(), 0)?.text).toBe(text)
  })

  it.each([`${one}:tag:1-5`, `${one}:1-5:tag:1`, `${one}`, 'x:1', '0-1-42', `${one}:1-`])(
    '%s is none that is understood',
    (text) => {
      expect(MysqlGtidSet.parse(text)).toBeUndefined()
    },
  )

  it('lie in the log as their servers write them', () => {
    const bytes = Buffer.from(
      `0200000000000000${one.replaceAll('-', '')}020000000000000001000000000000000600000000000000070000000000000008000000000000` +
        `00${two.replaceAll('-', '')}010000000000000003000000000000000400000000000000`,
      'hex',
    )
    expect(MysqlGtidSet.decode(bytes, 0)?.text).toBe(`${one}:1-5:7,${two}:3`)
    expect(mysql(`${one}:1-5:7,${two}:3`).encode()).toEqual(bytes)
    // With tags the form is another one.
    const tagged = Buffer.from(bytes)
    tagged[7] = 1
    expect(MysqlGtidSet.decode(tagged, 0)).toBeUndefined()
  })

  it('grow in any order', () => {
    const set = mysql(`${one}:1-3`)
    for (const number of [4, 6, 9, 5, 8, 7, 2]) set.add(gtid(`${one}:${number}`))
    set.add(gtid(`${two}:9007199254740993`))
    expect(set.text).toBe(`${one}:1-9,${two}:9007199254740993`)
  })

  it('know what they have, what they have in common, and whether that is all', () => {
    const [a, b] = [mysql(`${one}:1-5:8-10,${two}:1`), mysql(`${one}:4-9`)]
    expect(a.common(b).text).toBe(`${one}:4-5:8-9`)
    expect([a.covers(b), a.covers(a.common(b)), mysql('').covers(a), a.covers(mysql(''))]).toEqual([
      false,
      true,
      false,
      true,
    ])
    const has = a.readFrom()
    expect(['5', '6', '10', '11'].map((number) => has(gtid(`${one}:${number}`)))).toEqual([true, false, true, false])
    const copy = a.copy()
    copy.add(gtid(`${one}:6`))
    expect(a.text).toBe(`${one}:1-5:8-10,${two}:1`)
  })
})

describe("MariaDB's positions", () => {
  it('are the last transaction of each domain, whatever its number is', () => {
    const gtids = mariaDb('0-1-42,7-2-9')
    expect(gtids.text).toBe('0-1-42,7-2-9')
    gtids.add(gtid('0-2-41'))
    gtids.add(gtid('3-1-18446744073709551615'))
    expect(gtids.text).toBe('0-2-41,3-1-18446744073709551615,7-2-9')
    expect(mariaDb('').text).toBe('')
    expect(['0-1', '0-1-2,', `${one}:1-5`, 'a-b-c'].map((text) => MariaDbGtids.parse(text))).toEqual(
      Array(4).fill(undefined),
    )
  })

  it('have in common what both have of each domain', () => {
    const [a, b] = [mariaDb('0-1-42,1-1-5'), mariaDb('0-2-40,1-1-9,2-1-1')]
    expect(a.common(b).text).toBe('0-2-40,1-1-5')
    expect([a.covers(b), b.covers(a), a.covers(a.common(b))]).toEqual([false, false, true])
  })

  it('of a log that is read from before one it is known what it has; from itself on nothing comes again', () => {
    const state = mariaDb('0-1-42,1-1-5')
    const behind = state.readFrom(mariaDb('0-1-40,1-1-5'))
    expect(['0-1-41', '0-2-42', '0-1-43', '1-1-4', '9-1-1'].map((text) => behind(gtid(text)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    const here = state.readFrom(state)
    expect(['0-2-41', '0-1-42', '1-2-1'].some((text) => here(gtid(text)))).toBe(false)
    const fromTheStart = state.readFrom(mariaDb('0-1-42'))
    expect(['1-1-5', '1-1-6', '0-1-41'].map((text) => fromTheStart(gtid(text)))).toEqual([true, false, false])
  })
})

describe('numbers in the log', () => {
  const event = (type: number, body: string, server = 7) => {
    const bytes = Buffer.concat([Buffer.alloc(19), Buffer.from(body, 'hex')])
    bytes[4] = type
    bytes.writeUInt32LE(server, 5)
    return gtidBody(type, bytes, 0, 19)
  }
  const uuid = one.replaceAll('-', '')
  it.each([
    [33, `01${uuid}2a00000000000000020000`, { isGroup: false, gtid: gtid(`${one}:42`) }],
    [34, `01${'00'.repeat(24)}`, { isGroup: false, gtid: undefined }],
    [42, '02', { isGroup: false, gtid: undefined }],
    [162, '2a0000000000000005000000000000000000', { isGroup: true, gtid: gtid('5-7-42') }],
    [162, '2a0000000000000005000000010000000000', { isGroup: false, gtid: gtid('5-7-42') }],
  ])('an event of type %d', (type, body, expected) => {
    expect(event(type, body)).toEqual({ type: 'gtid', ...expected })
  })

  it('of what lies before a file', () => {
    const list =
      '03000010' +
      '00000000010000000200000000000000' +
      '00000000020000002a00000000000000' +
      '05000000010000000900000000000000'
    const listed = (type: number, body: string) => (event(type, body) as { gtids?: Gtids }).gtids?.text
    expect(listed(163, list)).toBe('0-2-42,5-1-9')
    expect(listed(35, `0100000000000000${uuid}0100000000000000010000000000000006000000000000000000`)).toBe(`${one}:1-5`)
    expect(listed(35, '0100000000000001')).toBeUndefined()
  })
})

const file = (name: string) => ({ name, serverId: 1, createdAt: 5, isFirst: false })
const at = (name: string, pos: number) => ({ file: name, pos })

describe('how far a log was read', () => {
  it('a transaction counts when it is through, and one without a number makes that nothing is known', () => {
    const progress = new LogProgress({ position: at('a.1', 4), file: file('a.1'), gtids: mysql(`${one}:1-5`) }, true)
    progress.transaction(gtid(`${one}:6`))
    expect(progress.gtids?.text).toBe(`${one}:1-5`)
    progress.commit(at('a.1', 100))
    expect([progress.gtids?.text, progress.position]).toEqual([`${one}:1-6`, at('a.1', 100)])
    // What ends without a word of its own is through when the next one begins.
    progress.transaction(gtid(`${one}:7`))
    progress.transaction(gtid(`${one}:8`))
    expect(progress.gtids?.text).toBe(`${one}:1-7`)
    progress.transaction(undefined)
    progress.commit(at('a.1', 200))
    expect(progress.gtids).toBeUndefined()
    progress.begin(file('a.2'), at('a.2', 120))
    progress.before(mysql(`${one}:1-9`))
    expect([progress.gtids?.text, progress.position.file]).toEqual([`${one}:1-9`, 'a.2'])
  })

  it('a server that gives no numbers says nothing with a file that has none', () => {
    const progress = new LogProgress({ position: at('a.1', 4), file: file('a.1'), gtids: undefined }, false)
    progress.begin(file('a.2'), at('a.2', 120))
    progress.before(mysql(''))
    expect(progress.gtids).toBeUndefined()
  })

  it('read by numbers it has no place until a transaction has one', () => {
    const progress = new LogProgress({ position: nowhere, file: undefined, gtids: mariaDb('0-1-5') }, true)
    progress.begin(file('b.7'), at('b.7', 256))
    progress.before(mariaDb('0-1-9'))
    expect([progress.file, progress.position, progress.gtids?.text]).toEqual([undefined, nowhere, '0-1-5'])
    progress.transaction(gtid('0-2-6'))
    progress.commit(at('b.7', 500))
    expect([progress.file?.name, progress.position, progress.gtids?.text]).toEqual(['b.7', at('b.7', 500), '0-2-6'])
  })
})

describe('where a log is read from', () => {
  const stream = (name: string, from: FollowedStream['from'], gtids: Gtids | undefined): FollowedStream => ({
    name,
    keys: [],
    state: { file: '', pos: 0, log: { server_id: 1, created_at: 5 }, columns: [], key: [], dropped: [] },
    from,
    gtids,
    hasRead: undefined,
    shape: { columns: [], dropped: [] },
    table: undefined,
  })

  it('the first of all places, where the server is the same', () => {
    const [a, b] = [stream('a', at('x.2', 9), mysql(`${one}:1-9:12`)), stream('b', at('x.1', 5), mysql(`${one}:1-5`))]
    const { start, progress } = startOf([a, b], true)
    expect([start, progress.gtids?.text, progress.file?.name]).toEqual([at('x.1', 5), `${one}:1-5`, 'x.1'])
    // Replicas may log transactions in another order: what was read there already is passed over.
    expect([a.hasRead?.(gtid(`${one}:12`)), a.hasRead?.(gtid(`${one}:10`))]).toEqual([true, false])
  })

  it('behind what all have, where one was read from another server', () => {
    const streams = [
      stream('a', undefined, mariaDb('0-1-42')),
      stream('b', undefined, mariaDb('0-1-40')),
      stream('c', at('x.1', 5), mariaDb('0-2-43')),
    ]
    const { start, progress } = startOf(streams, true)
    expect([(start as Gtids).text, progress.position, progress.gtids?.text]).toEqual(['0-1-40', nowhere, '0-1-40'])
    expect(streams.map(({ hasRead }) => hasRead?.(gtid('0-1-41')))).toEqual([true, false, true])
    expect(streams.map(({ hasRead }) => hasRead?.(gtid('0-2-43')))).toEqual([false, false, true])
  })
})
