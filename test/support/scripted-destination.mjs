#!/usr/bin/env node
// A destination that speaks the Airbyte protocol, keeps what it gets in files, a JSON document a row, and misbehaves as its config tells it
// to. It is the warehouse of the tests: rows of a key replace each other only when they are newer, as in those of Airbyte.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

const words = process.argv.slice(2)
const modes = words[0]?.startsWith('--modes=') ? words.shift().slice('--modes='.length).split(',') : undefined
const [verb, ...args] = words
const pathOf = (name) => args[args.indexOf(name) + 1]
const read = (name) => (args.includes(name) ? JSON.parse(readFileSync(pathOf(name), 'utf8')) : undefined)
const config = read('--config') ?? {}
const say = (message) => process.stdout.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`)

if (config.seen) {
  const mode = args.includes('--config') ? statSync(pathOf('--config')).mode & 0o777 : undefined
  const child = config.child && verb === 'write' ? spawn('sleep', ['600'], { stdio: 'inherit' }).pid : undefined
  const seen = { verb, pid: process.pid, child, mode, config, catalog: read('--catalog') }
  appendFileSync(config.seen, `${JSON.stringify(seen)}\n`)
}

/** One stream: its rows in a file, which is replaced as a whole. */
class Target {
  constructor({
    stream,
    destination_sync_mode: mode,
    generation_id: generation,
    minimum_generation_id: minimum,
    ...rest
  }) {
    this.path = join(config.out, `${[stream.namespace, stream.name].filter(Boolean).join('.')}.jsonl`)
    this.mode = mode
    this.keys = rest.primary_key?.map(([name]) => name) ?? []
    this.cursor = rest.cursor_field?.[0]
    this.syncId = rest.sync_id
    this.generation = generation
    this.replaces = config.old ? mode === 'overwrite' : generation > 0 && minimum === generation
    this.schema = stream.json_schema
    // Until the stream is complete, rows that are to take the place of others lie beside them.
    const begun = this.replaces ? `${this.path}.${generation}` : this.path
    this.place = config.old && this.replaces ? `${this.path}.new` : begun
    if (config.old && this.replaces) writeFileSync(this.place, '')
    this.rows = existsSync(this.place) ? lines(this.place) : []
    this.waiting = []
  }

  /** Keeps what came since the last time. */
  flush() {
    for (const row of this.waiting.splice(0)) this.#take(row)
    writeFileSync(`${this.place}.tmp`, this.rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    renameSync(`${this.place}.tmp`, this.place)
    writeFileSync(`${this.path}.schema`, JSON.stringify(this.schema))
  }

  #take(row) {
    if (this.mode !== 'append_dedup') return this.rows.push(row)
    const { data } = row
    this.index ??= new Map(this.rows.map((one) => [this.#keyOf(one.data), one]))
    const key = this.#keyOf(data)
    const held = this.index.get(key)
    if (held && !this.#isNewer(row, held)) return undefined
    if (data._ab_cdc_deleted_at) this.index.delete(key)
    else this.index.set(key, row)
    this.rows = [...this.index.values()]
    return undefined
  }

  #keyOf = (data) => JSON.stringify(this.keys.map((name) => data[name] ?? null))

  #isNewer(row, held) {
    const [a, b] = [row, held].map(({ data }) => (this.cursor === undefined ? undefined : data[this.cursor]))
    if (a != null && b != null && a !== b) return a > b
    if ((a == null) !== (b == null)) return a != null
    return row.emitted_at > held.emitted_at
  }

  complete() {
    this.flush()
    if (this.place !== this.path) renameSync(this.place, this.path)
  }
}

const lines = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

async function write() {
  mkdirSync(config.out, { recursive: true })
  const targets = new Map()
  for (const stream of read('--catalog').streams) targets.set(stream.stream.name, new Target(stream))
  let records = 0
  let sinceState = 0
  if (config.control)
    say({ type: 'CONTROL', control: { type: 'CONNECTOR_CONFIG', connectorConfig: { config: config.control } } })
  for (const line of config.says ?? []) say(line)
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line)
    if (message.type === 'RECORD') {
      const { stream, data, meta, emitted_at } = message.record
      const target = targets.get(stream)
      const raw = /"data":(.*)\}\}$/.exec(line.replace(/,"meta":\{"changes":\[.*\]\}\}\}$/, '}}'))?.[1]
      target.waiting.push({
        data,
        raw,
        emitted_at,
        changes: meta?.changes ?? [],
        generation: target.generation,
        sync: target.syncId,
      })
      records++
      sinceState++
      if (records === config.die_after) process.exit(config.exit ?? 9)
      if (config.die_once && !existsSync(config.die_once)) {
        writeFileSync(config.die_once, '')
        process.exit(9)
      }
      if (records === config.hang_after) await pause(600_000)
      if (config.pause_ms) {
        await pause(config.pause_ms)
        if (records % 10 === 0) say({ type: 'LOG', log: { level: 'INFO', message: `${records} records` } })
      }
    } else if (message.type === 'STATE') {
      targets.get(message.state.stream.stream_descriptor.name).flush()
      if (config.pause_at_state_ms) await pause(config.pause_at_state_ms)
      const state = structuredClone(message.state)
      if (config.counts)
        state.destinationStats = {
          recordCount: sinceState - (config.rejects ?? 0) + (config.miscounts ?? 0),
          rejectedRecordCount: config.rejects ?? 0,
        }
      if (config.other_state) state.stream.stream_state = { n: 1 }
      sinceState = 0
      if (!config.mute) say({ type: 'STATE', state })
    } else if (message.trace?.stream_status?.status === 'COMPLETE')
      targets.get(message.trace.stream_status.stream_descriptor.name).complete()
  }
  if (config.hang_at_end) await pause(600_000)
  if (config.error) say({ type: 'TRACE', trace: { type: 'ERROR', emitted_at: 1, error: config.error } })
  if (config.stderr) process.stderr.write(config.stderr)
  process.exitCode = config.exit ?? 0
}

if (verb === 'spec')
  say({
    type: 'SPEC',
    spec: {
      connectionSpecification: {
        type: 'object',
        properties: { out: { type: 'string' }, password: { type: 'string', airbyte_secret: true } },
      },
      supported_destination_sync_modes: modes ?? ['append', 'overwrite', 'append_dedup'],
    },
  })
else if (verb === 'check') say(config.check ?? { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } })
else await write()
