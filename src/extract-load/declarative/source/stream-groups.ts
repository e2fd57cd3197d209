import { isMapping } from '../../../base/index.js'
import type { DeclarativeStream } from '../component-contract.js'
import { failure } from '../failure.js'

/** Which streams may be read at the same time: none of one group, and no stream while another one of a group reads it as its parent. */
export class StreamGroups {
  readonly #groupOf: ReadonlyMap<string, string>
  readonly #active = new Set<string>()

  /** @param groupOf of the streams that are read */
  constructor(groupOf: ReadonlyMap<string, string>) {
    this.#groupOf = groupOf
  }

  /** @returns whether it may begin now; if so, it has begun */
  begin(stream: DeclarativeStream): boolean {
    const parents = stream.parents.filter((parent) => this.#groupOf.has(parent))
    if (this.#isBusy(stream.name) || parents.some((parent) => this.#active.has(parent))) return false
    this.#active.add(stream.name)
    for (const parent of parents) this.#active.add(parent)
    return true
  }

  /** Its parents were read to find its slices, and are free again. */
  slicesFound(stream: DeclarativeStream): void {
    for (const parent of stream.parents) this.#active.delete(parent)
  }

  end(stream: DeclarativeStream): void {
    this.#active.delete(stream.name)
  }

  #isBusy(name: string): boolean {
    const group = this.#groupOf.get(name)
    return group !== undefined && [...this.#active].some((active) => this.#groupOf.get(active) === group)
  }
}

/** @param groups `stream_groups` of the manifest: the streams of each, by its name */
export function groupsOf(groups: unknown): ReadonlyMap<string, string> {
  if (!isMapping(groups)) return new Map()
  return new Map(
    Object.entries(groups).flatMap(([group, definition]) => namesIn(definition).map((name) => [name, group] as const)),
  )
}

function namesIn(group: unknown): string[] {
  const streams = isMapping(group) && Array.isArray(group.streams) ? group.streams : []
  return streams.flatMap((stream: unknown) =>
    isMapping(stream) && typeof stream.name === 'string' ? [stream.name] : [],
  )
}

/** A stream that waits for its parent, and the parent for it, would wait for ever. */
export function refuseParentsInGroup(
  streams: readonly DeclarativeStream[],
  groupOf: ReadonlyMap<string, string>,
): void {
  for (const stream of streams) {
    const group = groupOf.get(stream.name)
    const parent = group === undefined ? undefined : stream.parents.find((each) => groupOf.get(each) === group)
    if (parent !== undefined)
      throw failure('MANIFEST_INVALID', {
        message: `The stream \`${stream.name}\` and \`${parent}\`, from which it is read, are both in the group \`${group}\`.`,
        hint: 'Take one of them out of the group.',
        failureType: 'system_error',
      })
  }
}
