import { canonical, readExact } from './exact-json.js'
import type { GoldenStep, GoldenStream, Scenario } from './scenario.js'
import { withVerifiedSignatures } from './signatures.js'

/** @returns a line for each thing that differs; what only the golden has is marked `-`, what only we have `+` */
export function differences(golden: GoldenStep, got: GoldenStep, scenario: Scenario): string[] {
  return [
    ...one('exit code', golden.exit_code, got.exit_code),
    ...one('check', golden.connection_status?.status, got.connection_status?.status),
    ...one('spec', golden.spec, got.spec),
    ...catalog(golden.catalog, got.catalog),
    ...names('stream', Object.keys(golden.streams ?? {}), Object.keys(got.streams ?? {})),
    ...Object.entries(golden.streams ?? {}).flatMap(([name, stream]) => ofStream(name, stream, got.streams?.[name])),
    ...errors(golden.errors, got.errors),
    ...many('control', golden.controls ?? [], got.controls ?? []),
    ...many('request', requests(golden, scenario), requests(got, scenario)),
    ...(scenario.ignore_sleeps_of ? [] : many('wait', waits(golden), waits(got))),
    ...many('unanswered request', golden.unmatched_requests ?? [], got.unmatched_requests ?? []),
  ]
}

function ofStream(name: string, golden: GoldenStream, got: GoldenStream | undefined): string[] {
  if (!got) return []
  const at = (what: string) => `${name}: ${what}`
  const records =
    canonical(golden.records) === canonical(got.records) ? [] : many(at('record'), golden.records, got.records)
  return [
    ...one(at('statuses'), golden.statuses, got.statuses),
    ...records,
    ...(records.length === 0 ? one(at('order of records'), golden.records, got.records) : []),
    ...one(at('state'), golden.state, got.state),
    ...one(at('sequence of states'), golden.state_sequence, got.state_sequence),
    ...one(at('records counted in states'), golden.state_record_count, got.state_record_count),
  ]
}

function catalog(golden: GoldenStep['catalog'], got: GoldenStep['catalog']): string[] {
  if (!golden || !got) return one('catalog', golden && '…', got && '…')
  const there = new Map(got.streams.map((stream) => [stream.name, stream]))
  return [
    ...names(
      'stream of the catalog',
      golden.streams.map(({ name }) => name),
      got.streams.map(({ name }) => name),
    ),
    ...golden.streams.flatMap((stream) => {
      const ours = there.get(stream.name)
      return ours ? members(`catalog: ${stream.name}`, stream, ours) : []
    }),
  ]
}

/** An object member by member, so that a schema shows the one that is wrong. */
function members(what: string, golden: object, got: object): string[] {
  return [...new Set([...Object.keys(golden), ...Object.keys(got)])].flatMap((key) =>
    one(`${what}: ${key}`, golden[key as never], got[key as never]),
  )
}

function one(what: string, golden: unknown, got: unknown): string[] {
  const [left, right] = [canonical(golden), canonical(got)]
  return left === right ? [] : [`${what}\n  - ${left}\n  + ${right}`]
}

const names = (what: string, golden: readonly string[], got: readonly string[]) => many(what, golden, got)

/** Both without an order, each as often as it is there. */
function many(what: string, golden: readonly unknown[], got: readonly unknown[], texts?: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const item of golden.map(canonical)) left.set(item, (left.get(item) ?? 0) + 1)
  const extra: string[] = []
  for (const [index, item] of got.map(canonical).entries()) {
    const count = left.get(item) ?? 0
    if (count > 0) left.set(item, count - 1)
    else extra.push(`${what}\n  + ${item}${texts?.[index] ? ` (${texts[index]})` : ''}`)
  }
  const missing = [...left].flatMap(([item, count]) =>
    count > 0 ? [`${what}${count > 1 ? ` (${count} times)` : ''}\n  - ${item}`] : [],
  )
  return [...missing, ...extra]
}

type GoldenError = GoldenStep['errors'][number]

/** Texts of errors are Python's there and ours here. One that the CDK gives no type to may have any here. */
function errors(golden: readonly GoldenError[], got: readonly GoldenError[]): string[] {
  const key = ({ stream, failure_type }: GoldenError) => {
    const isUntyped = golden.some((error) => error.stream === stream && error.failure_type === null)
    return `${isUntyped ? 'any error' : failure_type} of ${stream ?? 'the source'}`
  }
  const texts = got.map(({ message, internal_message }) => [message, internal_message].filter(Boolean).join(' | '))
  return many('error', golden.map(key), got.map(key), texts)
}

const requests = (step: GoldenStep, { public_keys: keys }: Scenario) =>
  step.requests.flatMap(({ count, ...request }) => {
    const compared = keys ? readExact(withVerifiedSignatures(canonical(request), keys)) : request
    return Array.from({ length: count }, () => compared)
  })

/** Who waits is Python's business; waits of no length, or of a millisecond, are its way of giving others their turn. */
const waits = (step: GoldenStep) =>
  step.sleeps.map(([, seconds]) => Number(canonical(seconds))).filter((seconds) => seconds > 0.001)
