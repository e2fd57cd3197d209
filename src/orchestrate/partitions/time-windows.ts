import type { TimePartitions } from '../contract/index.js'
import { instantsAfter, isEveryHour } from '../schedules/cron.js'
import { localTime, offsetText, timeFormat } from './time-format.js'
import { ZoneClock } from './zone-clock.js'

export interface TimeWindow {
  /** Belongs to the window. */
  readonly start: Date
  /** Does not. */
  readonly end: Date
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** All windows that a definition can have, as far as somebody has asked. Window i is from boundary i to the next. */
export class TimeWindows {
  readonly #spec: TimePartitions
  readonly #clock: ZoneClock
  readonly #boundaries: number[] = []
  readonly #keys: string[] = []
  readonly #indexes = new Map<string, number>()
  readonly #more: Iterator<number, void>
  readonly #endMs: number
  readonly #write: (localMs: number, offsetMs: number) => string
  /** Where local times that come twice are both windows, keys of the second showing tell so. */
  readonly #namesOffset: boolean

  constructor(spec: TimePartitions) {
    this.#spec = spec
    const start = localTime(spec.start, 'The start')
    this.#clock = new ZoneClock(spec.timezone, start - dayMs)
    this.#endMs = spec.end === undefined ? Number.POSITIVE_INFINITY : this.#clock.toUtc(localTime(spec.end, 'The end'))
    this.#write = timeFormat(spec.format)
    this.#namesOffset = !spec.format.includes('%z')
    this.#more = boundaries(spec, this.#clock, this.#clock.toUtc(start))
  }

  /** How many windows there are at this time. */
  countAt(nowMs: number): number {
    this.#extend((boundary) => boundary > nowMs)
    const { endOffset } = this.#spec
    const ended = nowMs < (this.#boundaries[0] ?? 0) ? -this.#awaited(nowMs) : this.#boundariesUntil(nowMs) - 1
    if (endOffset > 0) this.#extend((_, count) => count > ended + endOffset)
    const known = Math.max(0, this.#boundariesUntil(this.#endMs) - 1)
    return Math.max(0, Math.min(ended + endOffset, known))
  }

  /** How many windows would end before the first one does, if there were some, as far as that matters. */
  #awaited(nowMs: number): number {
    let count = 1
    for (const boundary of boundaries(this.#spec, new ZoneClock(this.#spec.timezone, nowMs - dayMs), nowMs + 1))
      if (boundary >= (this.#boundaries[0] ?? 0) || count >= this.#spec.endOffset) return count
      else count++
    return count
  }

  /** Also of one that has not ended yet. */
  windowAt(index: number): TimeWindow {
    this.#extend((_, count) => count > index)
    const [start, end] = [this.#boundaries[index], this.#boundaries[index + 1]]
    if (start === undefined || end === undefined) throw new RangeError(`There is no window ${index}.`)
    return { start: new Date(start), end: new Date(end) }
  }

  keyAt(index: number): string {
    for (let next = this.#keys.length; next <= index; next++) {
      const key = this.#key(this.#boundaries[next] as number)
      this.#keys.push(key)
      this.#indexes.set(key, next)
    }
    return this.#keys[index] as string
  }

  /** @param size how many windows are looked at */
  indexOf(key: string, size: number): number | undefined {
    if (size > 0) this.keyAt(size - 1)
    const found = this.#indexes.get(key)
    return found !== undefined && found < size ? found : undefined
  }

  /** The window in which a time lies, of the first `size`. @param time ISO; without a zone it is one of the clocks where the windows are */
  indexAt(time: string, size: number): number | undefined {
    const at = time.endsWith('Z') ? Date.parse(time) : this.#clock.toUtc(localTime(time, 'The time'))
    this.#extend((boundary) => boundary > at)
    const index = this.#boundariesUntil(at) - 1
    return index >= 0 && index < size ? index : undefined
  }

  /** The windows that have something in common with a stretch of time, of the first `size`: first and last, exclusive. */
  overlapping({ start, end }: TimeWindow, size: number): readonly [from: number, to: number] {
    const from = Math.max(0, this.#boundariesUntil(start.getTime()) - 1)
    return [from, Math.max(from, Math.min(size, this.#boundariesBefore(end.getTime())))]
  }

  #key(utcMs: number): string {
    const offsetMs = this.#clock.offsetMs(utcMs)
    const key = this.#write(utcMs + offsetMs, offsetMs)
    return this.#namesOffset && isEveryHour(this.#spec.cron) && this.#clock.isSecondShowing(utcMs)
      ? key + offsetText(offsetMs)
      : key
  }

  #extend(isEnough: (boundary: number, count: number) => boolean): void {
    const { length } = this.#boundaries
    const last = this.#boundaries[length - 1]
    if (last !== undefined && (isEnough(last, length - 1) || last > this.#endMs)) return
    for (let next = this.#more.next(); !next.done; next = this.#more.next()) {
      this.#boundaries.push(next.value)
      if (isEnough(next.value, this.#boundaries.length - 1) || next.value > this.#endMs) return
    }
  }

  /** How many boundaries are at or before a time. */
  #boundariesUntil(ms: number): number {
    return this.#search((boundary) => boundary <= ms)
  }

  #boundariesBefore(ms: number): number {
    return this.#search((boundary) => boundary < ms)
  }

  #search(isBefore: (boundary: number) => boolean): number {
    let [low, high] = [0, this.#boundaries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBefore(this.#boundaries[middle] as number)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Minute, hour and day are numbers or every one of them; everything else is left to the cron library, which takes 50 µs an instant. */
function boundaries(spec: TimePartitions, clock: ZoneClock, fromMs: number): Generator<number, void> {
  const [, minute, hour, day, weekday] =
    /^(\d{1,2}) (\d{1,2}|\*) (\d{1,2}|\*) \* ([0-7]|\*)$/.exec(spec.cron.trim()) ?? []
  if (minute !== undefined && hour === '*' && day === '*' && weekday === '*')
    return hours(clock, fromMs, Number(minute))
  if (minute !== undefined && hour !== '*' && (day === '*' || weekday === '*'))
    return days(
      clock,
      fromMs,
      Number(hour) * hourMs + Number(minute) * 60_000,
      (local) =>
        (day === '*' || local.getUTCDate() === Number(day)) &&
        (weekday === '*' || local.getUTCDay() === Number(weekday) % 7),
    )
  return instantsFrom(spec, fromMs)
}

function* instantsFrom({ cron, timezone }: TimePartitions, fromMs: number): Generator<number, void> {
  for (const at of instantsAfter(cron, timezone, new Date(fromMs - 1))) yield at.getTime()
}

/** Each time that the clock shows the minute, also when it shows it twice. */
function* hours(clock: ZoneClock, fromMs: number, minute: number): Generator<number, void> {
  for (let at = fromMs; ; ) {
    for (const { from, to, offsetMs } of clock.stretches(at, at + 366 * dayMs)) {
      const local = from + offsetMs
      const first = local + ((minute * 60_000 - (local % hourMs) + hourMs) % hourMs)
      for (let next = first - offsetMs; next < to; next += hourMs) yield next
    }
    at += 366 * dayMs
  }
}

/** At a time of the day, on the days that are meant. */
function* days(
  clock: ZoneClock,
  fromMs: number,
  timeMs: number,
  isMeant: (local: Date) => boolean,
): Generator<number, void> {
  const firstDay = Math.floor(clock.toLocal(fromMs) / dayMs) * dayMs - dayMs
  for (let day = firstDay; ; day += dayMs) {
    if (!isMeant(new Date(day))) continue
    const at = clock.toUtc(day + timeMs)
    if (at >= fromMs) yield at
  }
}
