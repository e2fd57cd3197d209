import type { FakeRows } from './fake-stream.js'

export const seconds = (iso: string) => Date.parse(iso) / 1000

export const hour = 3600
export const day = 24 * hour

/** When the story of the made data is over: nothing of it happens later, but rows were updated from then on. */
export const endOfStory = seconds('2024-01-01T00:00:00Z')

export const microseconds = (secondsSince1970: number) => secondsSince1970 * 1e6

/**
 * When a row was updated, in microseconds since 1970: each a second after the one before it. So whoever asks for the rows above the
 * highest time that they have gets just those that came when there were more users.
 */
export const updateTime = (id: number, { updatedAt }: FakeRows): number =>
  updatedAt === undefined ? microseconds(endOfStory + id) : updatedAt * 1000
