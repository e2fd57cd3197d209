import { mkdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AsyncQueue,
  baseErrors,
  codeFrame,
  createLogger,
  didYouMean,
  interpolateEnv,
  mapConcurrent,
  merged,
  nearest,
  newId,
  readYaml,
  redact,
  registerPassingSecret,
  registerSecret,
  registerSecretsIn,
  registerSecretVariables,
  Semaphore,
  toMillraceError,
} from './index.js'

describe('errors', () => {
  it('say of files what cannot be done and what to do instead', () => {
    const path = `${import.meta.dirname}/index.ts/below`
    const thrown = (() => {
      try {
        mkdirSync(path, { recursive: true })
        return undefined
      } catch (error) {
        return error
      }
    })()
    expect(toMillraceError(thrown)).toMatchObject({
      code: 'FILE_ACCESS',
      kind: 'user',
      message: expect.stringContaining('cannot be made: a part of the path is a file and no folder (ENOTDIR)'),
    })
    expect(
      toMillraceError(Object.assign(new Error('uv_cwd'), { code: 'ENOENT', syscall: 'uv_cwd' })).message,
    ).toContain('The folder that this was started in')
    expect(toMillraceError(new TypeError('x is undefined'))).toMatchObject({ code: 'UNEXPECTED', kind: 'bug' })
  })

  it('never show a registered secret', () => {
    registerSecret('hunter2-secret')
    const error = baseErrors.create('TIMEOUT', {
      message: 'login with hunter2-secret failed',
      hint: 'not hunter2-secret',
      data: { url: 'hunter2-secret' },
    })
    expect(JSON.stringify(error.toJSON())).not.toContain('hunter2-secret')
  })
  it('mask secrets in data whatever signs they hold, and leave its shape alone', () => {
    registerSecret('quo"te\\d')
    registerSecret('86420')
    const { data } = baseErrors.create('TIMEOUT', { message: '', data: { deep: ['a quo"te\\d b'], n: 86420 } }).toJSON()
    expect(data).toEqual({ deep: ['a ********** b'], n: 86420 })
  })
  it('and logs mask them in fields as in messages', () => {
    registerSecret('hunter2-secret')
    const records: unknown[] = []
    createLogger((record) => records.push(record), { at: 'hunter2-secret' }).warn('x', {
      error: 'Error: hunter2-secret',
    })
    expect(records).toMatchObject([{ fields: { at: '**********', error: 'Error: **********' } }])
  })
  it('mask a secret as JSON and addresses write it', () => {
    registerSecret('p&ss "word"')
    expect(redact('{"x":"p&ss \\"word\\""} https://h/?p=p%26ss%20%22word%22')).toBe(
      '{"x":"**********"} https://h/?p=**********',
    )
  })
  it('mask a secret as forms and ASCII write it', () => {
    registerSecret('sécret key!')
    expect(redact('{"x": "s\\u00e9cret key!"} s%C3%A9cret+key%21 s%C3%A9cret%20key%21')).toBe(
      '{"x": "**********"} ********** **********',
    )
  })
  it('mask the newest of those that pass', () => {
    for (let i = 0; i < 300; i++) registerPassingSecret(`token-${i}-`)
    expect(redact('token-0- token-299-')).toBe('token-0- **********')
  })
  it('mask the password of an address', () => {
    expect(redact('postgresql://me:s3cret@host/db')).toBe('postgresql://me:**********@host/db')
  })
})

describe('secrets in settings', () => {
  it('are masked wherever an address is taken apart', () => {
    registerSecretsIn({ attach: [{ path: 'postgres://bob:PG%50ASS777@127.0.0.1:1/x' }] })
    expect(redact('cannot open postgres:/bob:PG%50ASS777@127.0.0.1, password PGPASS777')).toBe(
      'cannot open postgres:/bob:**********@127.0.0.1, password **********',
    )
  })
})

describe('variables that are secrets by their names', () => {
  it('are masked, and no others', () => {
    registerSecretVariables({
      STRIPE_API_KEY: 'sk_live_51H',
      SHOP_SECRET: 'shop-s3cr3t',
      PGPASSWORD: 'pg-s3cr3t',
      GITHUB_TOKEN: 'ghp_16C7e42F',
      SMTP_PASS: 'mail-s3cr3t',
      PWD: '/home/ada/stack',
      GOOGLE_APPLICATION_CREDENTIALS: '/etc/keys/shop.json',
      SSH_ASKPASS: '/usr/bin/ask-pass',
      TOKENIZERS_PARALLELISM: 'disabled',
      TEST_PASSWORD: 'orders',
    })
    expect(redact('sk_live_51H shop-s3cr3t pg-s3cr3t ghp_16C7e42F mail-s3cr3t')).toBe(
      Array(5).fill('**********').join(' '),
    )
    const shown = '/home/ada/stack /etc/keys/shop.json /usr/bin/ask-pass disabled orders'
    expect(redact(shown)).toBe(shown)
  })
})

describe('nearest', () => {
  it('finds what was meant, best first', () => {
    expect(nearest('mart_wurst_days', ['mart_routes', 'mart_worst_day', 'mart_worst_days'])).toEqual([
      'mart_worst_days',
      'mart_worst_day',
    ])
  })
  it('finds what was cut off', () => {
    expect(nearest('mart_airprt', ['mart_routes', 'mart_airport_delays'])).toEqual(['mart_airport_delays'])
  })
  it('suggests nothing where nothing is near', () => {
    expect(nearest('orders', ['flights', 'airports'])).toEqual([])
  })
})

describe('readYaml', () => {
  it('says in plain words what is wrong with a line', () => {
    const hintOf = (text: string) => {
      try {
        readYaml(text, 'x.yaml')
      } catch (error) {
        return (error as { hint?: string }).hint
      }
      return undefined
    }
    expect(hintOf('a:\n - b: x\n  c: y\n')).toMatch(/^This line belongs to a list/)
    expect(hintOf('a: "x" y\n')).toMatch(/^Something stands behind the end of a value/)
    expect(hintOf('a: b: c\n')).toMatch(/^A value may not hold `: `/)
  })

  it('refuses a template without quotes, which is a mapping to YAML', () => {
    const text = "models:\n  - name: a\n    description: {{ doc('x') }}\n"
    for (const version of ['1.1', '1.2'] as const)
      expect(() => readYaml(text, 'a.yml', { version })).toThrow(
        expect.objectContaining({
          code: 'YAML_SYNTAX',
          at: { file: 'a.yml', line: 3, column: 19 },
          hint: expect.stringContaining('"{{ … }}"'),
        }),
      )
  })

  it.each([
    ['a blank line above it', 'a:\n  - 1\n\n -2\n', [4, 2]],
    ['a bracket that is never closed', 'server: [\n\n\n', [1, 9]],
    ['a quote that is never closed', 'a: "x\n\nb: 2\n', [1, 4]],
  ])('shows the line that is wrong: %s', (_, text, [line, column]) => {
    expect(() => readYaml(text, 'x.yaml')).toThrow(
      expect.objectContaining({ code: 'YAML_SYNTAX', at: { file: 'x.yaml', line, column } }),
    )
  })

  it('says where a file is broken', () => {
    expect(() => readYaml('a: 1\n b: 2\n', 'x.yaml')).toThrowError(
      expect.objectContaining({ code: 'YAML_SYNTAX', at: expect.objectContaining({ file: 'x.yaml' }) }),
    )
  })
  it('locates values, and the nearest parent of what is not there', () => {
    const document = readYaml('a:\n  b: 1\n', 'x.yaml')
    expect(document.locate(['a', 'b'])).toEqual({ file: 'x.yaml', line: 2, column: 6 })
    expect(document.locate(['a', 'zzz'])).toEqual({ file: 'x.yaml', line: 2, column: 3 })
  })
  it('lets lines within braces begin anywhere, as Python does', () => {
    const text = "a:\n  - b: {\n      c: ['x'],\n      d: true\n  }\n  - e\nf: [1,\n2, g h\ni]\nj: 'k\n  l'\n"
    const document = readYaml(text, 'x.yml', { version: '1.1' })
    expect(document.value).toEqual({ a: [{ b: { c: ['x'], d: true } }, 'e'], f: [1, 2, 'g h i'], j: 'k l' })
    expect(document.locate(['f'])).toMatchObject({ line: 7, column: 4 })
    expect(() => readYaml('a: {b: 1\nc: 2\n', 'x.yml', { version: '1.1' })).toThrow(
      expect.objectContaining({ hint: 'A bracket that was opened here, or above, is not closed.' }),
    )
  })

  it('reads as Python does in version 1.1', () => {
    expect(readYaml('a: yes\nb: off\ny: n\n', 'x.yaml', { version: '1.1' }).value).toEqual({
      a: true,
      b: false,
      y: 'n',
    })
  })
})

describe('interpolateEnv', () => {
  it('fills variables and defaults, and names what is missing', () => {
    expect(interpolateEnv({ a: ['${X}', '${Y:-z}'] }, { X: '1' })).toEqual({ a: ['1', 'z'] })
    expect(() => interpolateEnv('${NOPE}', {})).toThrowError(expect.objectContaining({ code: 'ENV_MISSING' }))
  })
})

describe('async', () => {
  it('runs at most so many at once, and keeps the order of results', async () => {
    let running = 0
    let most = 0
    const results = await mapConcurrent([...Array(20).keys()], 3, async (n) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 1))
      running--
      return n * 2
    })
    expect(most).toBe(3)
    expect(results).toEqual([...Array(20).keys()].map((n) => n * 2))
  })
  it('a semaphore frees its permit when the task throws', async () => {
    const semaphore = new Semaphore(1)
    await expect(semaphore.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(await semaphore.run(async () => 1)).toBe(1)
  })
  it('a queue hands over everything in order and ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), async (items) => {
        const queue = new AsyncQueue<number>()
        for (const item of items) queue.push(item)
        queue.close()
        const seen: number[] = []
        for await (const item of queue) seen.push(item)
        expect(seen).toEqual(items)
      }),
    )
  })
  describe('merged sources', () => {
    const none = async () => {}
    async function* numbers(from: number, to: number, onAsked = (_: number) => {}) {
      for (let n = from; n < to; n++) {
        onAsked(n)
        yield n
      }
    }
    it('hand over all of each, in its order and by turns', async () => {
      const seen: number[] = []
      for await (const n of merged([numbers(0, 5), numbers(10, 15), numbers(20, 20)], none)) seen.push(n)
      expect(seen.filter((n) => n < 10)).toEqual([0, 1, 2, 3, 4])
      expect(seen.slice(0, 4).filter((n) => n < 10)).toHaveLength(2)
      expect(seen).toHaveLength(10)
    })
    it('are asked for one item more than is taken', async () => {
      const asked: number[] = []
      const items = merged([numbers(0, 100, (n) => asked.push(n))], none)
      await items.next()
      await items.next()
      expect(asked).toEqual([0, 1, 2])
      await items.return(undefined)
    })
    it('all end when one fails, also one that waits for what never comes', async () => {
      let giveUp = () => {}
      let isClosed = false
      async function* waiting() {
        try {
          yield 1
          await new Promise<void>((_, reject) => {
            giveUp = () => reject(new Error('given up'))
          })
        } finally {
          isClosed = true
        }
      }
      async function* failing(): AsyncGenerator<number> {
        await new Promise((resolve) => setTimeout(resolve, 5))
        throw new Error('broken')
      }
      const seen: number[] = []
      const reading = (async () => {
        for await (const n of merged([waiting(), failing()], async () => giveUp())) seen.push(n)
      })()
      await expect(reading).rejects.toThrow('broken')
      expect([seen, isClosed]).toEqual([[1], true])
    })
  })
})

it('ids sort by time', () => {
  expect(newId(1_000) < newId(2_000)).toBe(true)
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

it('a code frame points at the place', () => {
  expect(codeFrame('a\nbcd\ne', 2, 2)).toBe('  1 | a\n> 2 | bcd\n    |  ^\n  3 | e')
})

describe('didYouMean', () => {
  it('names what the text begins, or else the nearest', () => {
    expect(didYouMean('mat', ['materialize', 'up'])).toBe("Did you mean 'materialize'?")
    expect(didYouMean('Snyc', ['sync', 'serve'])).toBe("Did you mean 'sync'?")
    expect(didYouMean('quite-else', ['sync', 'serve'])).toBeUndefined()
  })
})
