import { expect, it } from 'vitest'
import { gapBetween } from './xmin.js'

const state = (xmin: bigint, xmax: bigint, system = '1') => ({
  xmin: String(xmin),
  xmax: String(xmax),
  system,
  tables: [16384],
})
const epoch = 2n ** 32n

it.each([
  ['nothing happened', state(800n, 800n), state(800n, 800n), undefined],
  ['the same transaction is open', state(800n, 900n), state(800n, 1000n), undefined],
  ['the count went over 2^32', state(epoch - 5n, epoch - 1n), state(epoch + 10n, epoch + 12n), undefined],
  ['too many for 32 bits', state(5n, 9n), state(epoch / 2n, epoch / 2n), '2147483643 transactions'],
  ['one epoch and a little', state(800n, 800n), state(epoch + 900n, epoch + 900n), '4294967396 transactions'],
  ['another server', state(800n, 800n), state(900n, 900n, '2'), 'another server'],
  ['an earlier time', state(800n, 900n), state(850n, 850n), 'set back'],
  ['another way to read', undefined, state(800n, 800n), 'not read by `xmin`'],
])('what is new is known or not: %s', (_, last, now, why) => {
  const gap = gapBetween(last, now)
  if (why === undefined) expect(gap).toBeUndefined()
  else expect(gap).toContain(why)
})
