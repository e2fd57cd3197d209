import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PipesContext } from './bootstrap.js'
import { metadataOf, type PipesMessage, readMessage } from './messages.js'
import { runPipes } from './run-pipes.js'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'millrace-pipes-spec-'))
})
afterEach(() => rm(cwd, { recursive: true }))

const context: PipesContext = {
  asset_keys: ['reports/x'],
  code_version_by_asset_key: null,
  provenance_by_asset_key: null,
  partition_key: '2024-01-01',
  partition_key_range: null,
  partition_time_window: null,
  run_id: 'run-1',
  job_name: null,
  retry_number: 0,
  extras: { rows: 3 },
}

/** A program that reads its context as dagster-pipes does, and writes what the code says. */
const program = (code: string) => `
const { inflateSync } = require('node:zlib')
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const read = (name) => JSON.parse(inflateSync(Buffer.from(process.env[name], 'base64')))
const context = JSON.parse(readFileSync(read('DAGSTER_PIPES_CONTEXT').path))
const { path } = read('DAGSTER_PIPES_MESSAGES')
const say = (method, params = null) =>
  appendFileSync(path, JSON.stringify({ __dagster_pipes_version: '0.1', method, params }) + '\\n')
${code}`

async function play(code: string, signal = new AbortController().signal) {
  const messages: PipesMessage[] = []
  const printed: string[] = []
  const run = runPipes({
    command: [process.execPath, '-e', program(code)],
    cwd,
    context,
    signal,
    onMessage: (message) => messages.push(message),
    onLine: (level, line) => printed.push(`${level} ${line}`),
  })
  return { run, messages, printed }
}

describe('runPipes', () => {
  it('gives a program its context, and hands on what it reports', async () => {
    const { run, messages, printed } = await play(`
      say('opened', { extras: {} })
      say('log', { message: 'hello ' + context.partition_key, level: 'WARNING' })
      say('report_asset_materialization', { asset_key: null, data_version: null, metadata: { rows: { type: 'int', raw_value: context.extras.rows } } })
      say('report_custom_message', { payload: { a: ['ü'] } })
      say('closed', {})
      console.log('out'); console.error('err')`)
    await run
    expect(messages.map(({ method }) => method)).toEqual([
      'opened',
      'log',
      'report_asset_materialization',
      'report_custom_message',
      'closed',
    ])
    expect(messages[1]).toMatchObject({ params: { message: 'hello 2024-01-01', level: 'WARNING' } })
    expect(messages[3]).toMatchObject({ params: { payload: { a: ['ü'] } } })
    expect(printed.sort()).toEqual(['info out', 'warn err'])
  })

  it('hands on while the program runs, and takes lines in pieces', async () => {
    const { run, messages } = await play(`
      const line = JSON.stringify({ __dagster_pipes_version: '0.1', method: 'log', params: { message: 'x'.repeat(200000) + 'ü' } }) + '\\n'
      appendFileSync(path, line.slice(0, 70000))
      setTimeout(() => { appendFileSync(path, line.slice(70000)); setTimeout(() => {}, 400) }, 150)`)
    await expect.poll(() => messages.length).toBe(1)
    await run
    expect((messages[0] as { params: { message: string } }).params.message).toHaveLength(200_001)
  })

  it('fails when the program does, or says that it did', async () => {
    await expect((await play('process.exit(3)')).run).rejects.toMatchObject({
      code: 'PIPES_FAILED',
      message: expect.stringContaining('exit code 3'),
    })
    const closed = await play(`say('closed', { exception: { message: 'no luck', name: 'ValueError', stack: [] } })`)
    await expect(closed.run).rejects.toThrow('ValueError: no luck')
    const missing = runPipes({
      command: ['/no/such/program'],
      cwd,
      context,
      signal: new AbortController().signal,
      onMessage: () => {},
      onLine: () => {},
    })
    await expect(missing).rejects.toThrow('it is not there')
  })

  it('tells of what is no message, and goes on', async () => {
    const { run, messages, printed } = await play(`
      appendFileSync(path, 'nonsense\\n')
      appendFileSync(path, JSON.stringify({ __dagster_pipes_version: '9', method: 'log' }) + '\\n')
      say('log', { level: 'INFO' })
      say('log', { message: 'at last' })`)
    await run
    expect(printed).toHaveLength(3)
    expect(printed[1]).toContain('of the version 9')
    expect(messages).toHaveLength(1)
  })

  it('is ended with all that it started', async () => {
    const stop = new AbortController()
    const { run } = await play(
      `const { spawn } = require('node:child_process')
       process.on('SIGINT', () => {})
       const child = spawn(process.execPath, ['-e', 'process.on("SIGINT", () => {}); setInterval(() => {}, 1000)'])
       writeFileSync('pids', process.pid + ' ' + child.pid)
       setInterval(() => {}, 1000)`,
      stop.signal,
    )
    await expect.poll(() => readFile(join(cwd, 'pids'), 'utf8').catch(() => '')).not.toBe('')
    stop.abort(new Error('cancelled'))
    await expect(run).rejects.toThrow('cancelled')
    const isAlive = (pid: number) => {
      try {
        process.kill(pid, 0)
        return true
      } catch {
        return false
      }
    }
    const pids = (await readFile(join(cwd, 'pids'), 'utf8')).split(' ').map(Number)
    await expect.poll(() => pids.some(isAlive)).toBe(false)
  })
})

describe('runPipes, of a program that leaves something behind', () => {
  it('ends with the program, though its output is held open', async () => {
    const { run, messages, printed } = await play(`
      const { spawn } = require('node:child_process')
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      writeFileSync('pid', String(left.pid))
      say('log', { message: 'made' })
      process.stdout.write('no line yet', () => process.exit(0))`)
    try {
      await run
      expect(messages).toHaveLength(1)
      expect(printed.sort()).toEqual([
        'info no line yet',
        expect.stringMatching(/^warn .* still holds its output open/),
      ])
    } finally {
      process.kill(Number(await readFile(join(cwd, 'pid'), 'utf8')))
    }
  })
  it('starts nothing when it is stopped while it prepares', async () => {
    const stop = new AbortController()
    const { run } = await play(`writeFileSync('started', '')`, stop.signal)
    stop.abort(new Error('cancelled'))
    await expect(run).rejects.toThrow('cancelled')
    await expect(readFile(join(cwd, 'started'))).rejects.toThrow('ENOENT')
  })
})

describe('messages', () => {
  it('have metadata of several kinds', () => {
    const metadata = {
      md: { type: 'md', raw_value: '# a' },
      link: { type: 'url', raw_value: 'http://x' },
      at: { type: 'timestamp', raw_value: 0 },
      table: { type: 'table', raw_value: { records: [] } },
      rows: { type: '__infer__', raw_value: 3 },
    }
    expect(metadataOf(metadata)).toEqual({
      md: { type: 'markdown', text: '# a' },
      link: { type: 'url', url: 'http://x' },
      at: '1970-01-01T00:00:00.000Z',
      table: { type: 'json', value: { records: [] } },
      rows: 3,
    })
  })
  it.each([
    ['{', 'it is no JSON'],
    ['1', 'it names no version'],
    ['{"__dagster_pipes_version":"0.1","method":"dance"}', 'method'],
  ])('%s is none', (line, why) => expect(readMessage(line)).toContain(why))
})
