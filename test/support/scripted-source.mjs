#!/usr/bin/env node
// A connector that speaks the Airbyte protocol and says what its config tells it to. See airbyte-source.spec.ts.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync, writeSync } from 'node:fs'

const [verb, ...args] = process.argv.slice(2)
const option = (name) => {
  const at = args.indexOf(name)
  return at < 0 ? undefined : readFileSync(args[at + 1], 'utf8')
}
const config = JSON.parse(option('--config') ?? '{}')

/** The words of the protocol; Airbyte's own models take no catalog with others. */
const modes = {
  sync_mode: ['full_refresh', 'incremental'],
  destination_sync_mode: ['append', 'overwrite', 'append_dedup', 'update', 'soft_delete'],
}
for (const stream of JSON.parse(option('--catalog') ?? '{"streams":[]}').streams)
  for (const [setting, known] of Object.entries(modes))
    if (!known.includes(stream[setting])) throw new Error(`${stream[setting]} is no ${setting}`)

// A source whose catalog changes while its settings do not has it in a file.
const streams = config.streams_at ? JSON.parse(readFileSync(config.streams_at, 'utf8')) : config.streams

/** Whatever the pipe takes, until all of it is written. */
function write(text) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; )
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
}
const say = (message) => write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Sends the rows that the stream does not have yet by its state, with a state and a pause after each `every`. Each time it is asked, it
 * dies after `dies_after` of them, and falls silent after `silent_after`.
 */
async function count({ stream, until, every, pause_ms = 0, dies_after, silent_after }) {
  const [former] = JSON.parse(option('--state') ?? '[]')
  const from = former?.stream.stream_state.next ?? 0
  for (let id = from; id < until; id++) {
    if (id - from === dies_after) process.exit(1)
    if (id - from === silent_after) await pause(600_000)
    say({ type: 'RECORD', record: { stream, data: { id, v: `v${id}`, half: id % 2 }, emitted_at: 1700000000000 + id } })
    if ((id + 1) % every > 0 && id + 1 < until) continue
    const state = { stream_descriptor: { name: stream }, stream_state: { next: id + 1 } }
    say({ type: 'STATE', state: { type: 'STREAM', stream: state } })
    await pause(pause_ms)
  }
  const status = { stream_descriptor: { name: stream }, status: 'COMPLETE' }
  say({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1, stream_status: status } })
}

if (config.seen) {
  const mode = statSync(args[args.indexOf('--config') + 1]).mode & 0o777
  const child = config.child && verb === 'read' ? spawn('sleep', ['600'], { stdio: 'inherit' }).pid : undefined
  const seen = { verb, catalog: option('--catalog'), state: option('--state'), mode, child }
  appendFileSync(config.seen, `${JSON.stringify(seen)}\n`)
}
if (verb === 'spec') say({ type: 'SPEC', spec: { connectionSpecification: { type: 'object', properties: {} } } })
else if (verb === 'check') say(config.check ?? { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } })
else if (verb === 'discover') say({ type: 'CATALOG', catalog: { streams } })
else if (config.counts) await count(config.counts)
else {
  for (const step of config.script ?? []) {
    if (step.pause_ms) await pause(step.pause_ms)
    else if (step.until) while (!existsSync(step.until)) await pause(20)
    else if (step.records)
      for (let i = 0; i < step.records; i++)
        say({
          type: 'RECORD',
          record: { stream: step.stream, data: { id: i, v: `v${i}` }, emitted_at: 1700000000000 + i },
        })
    else say(step.raw ?? step)
  }
  if (config.stderr) process.stderr.write(config.stderr)
  process.exitCode = config.exit ?? 0
}
