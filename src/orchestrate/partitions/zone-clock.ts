import { offsetMinutes } from '../schedules/zone-offset.js'

const dayMs = 86_400_000
const minuteMs = 60_000

interface Segment {
  readonly from: number
  readonly offsetMs: number
}

/**
 * The clock of a time zone for very many conversions: asking `Intl` for one costs microseconds, so it is only asked when
 * the clock is changed. Times are milliseconds; local ones are those of a clock that shows UTC.
 */
export class ZoneClock {
  readonly timezone: string
  /** Where the offset changes, as far as anybody has looked. */
  readonly #segments: Segment[] = []
  #until = Number.NEGATIVE_INFINITY

  /** @param fromMs nothing before is asked */
  constructor(timezone: string, fromMs: number) {
    this.timezone = timezone
    // A local time may be a day off.
    this.#until = fromMs - 2 * dayMs
    this.#segments.push({ from: Number.NEGATIVE_INFINITY, offsetMs: this.#ask(this.#until) })
  }

  toLocal(utcMs: number): number {
    return utcMs + this.offsetMs(utcMs)
  }

  /** A local time that is skipped stands for the first one after it, and one that comes twice for the second. */
  toUtc(localMs: number): number {
    const before = this.offsetMs(localMs - dayMs)
    const after = this.offsetMs(localMs + dayMs)
    if (before === after) return localMs - after
    const second = localMs - after
    if (this.offsetMs(second) === after) return second
    const first = localMs - before
    if (this.offsetMs(first) === before) return first
    return this.#changeAfter(localMs - dayMs)
  }

  /** Whether the clock has shown this time before, and was set back since. */
  isSecondShowing(utcMs: number): boolean {
    const offset = this.offsetMs(utcMs)
    const before = this.offsetMs(utcMs - dayMs)
    return before > offset && this.offsetMs(utcMs - (before - offset)) === before
  }

  offsetMs(utcMs: number): number {
    this.#look(utcMs)
    let [low, high] = [0, this.#segments.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#segments[middle] as Segment).from <= utcMs) low = middle
      else high = middle - 1
    }
    return (this.#segments[low] as Segment).offsetMs
  }

  /** The stretches with one offset each, from one instant to another. */
  *stretches(fromMs: number, toMs: number): Generator<{ from: number; to: number; offsetMs: number }> {
    this.#look(toMs)
    for (const [i, { from, offsetMs }] of this.#segments.entries()) {
      const to = this.#segments[i + 1]?.from ?? Number.POSITIVE_INFINITY
      if (to > fromMs && from < toMs) yield { from: Math.max(from, fromMs), to: Math.min(to, toMs), offsetMs }
    }
  }

  #changeAfter(utcMs: number): number {
    return this.#segments.find(({ from }) => from > utcMs)?.from ?? utcMs
  }

  /** No zone changes its clock and changes it back within a day. */
  #look(utcMs: number): void {
    let offsetMs = (this.#segments.at(-1) as Segment).offsetMs
    while (this.#until <= utcMs) {
      const next = this.#until + dayMs
      const nextOffset = this.#ask(next)
      if (nextOffset !== offsetMs) {
        this.#segments.push({ from: this.#change(this.#until, next, nextOffset), offsetMs: nextOffset })
        offsetMs = nextOffset
      }
      this.#until = next
    }
  }

  /** The first minute with this offset. */
  #change(before: number, after: number, offsetMs: number): number {
    let [low, high] = [Math.floor(before / minuteMs), Math.ceil(after / minuteMs)]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#ask(middle * minuteMs) === offsetMs) high = middle
      else low = middle
    }
    return high * minuteMs
  }

  #ask(utcMs: number): number {
    return offsetMinutes(new Date(utcMs), this.timezone) * minuteMs
  }
}
