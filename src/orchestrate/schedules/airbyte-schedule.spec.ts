import { expect, it } from 'vitest'
import { readSchedule } from './airbyte-schedule.js'
import { nextTicks } from './cron.js'

const cron = (cronExpression: string) => readSchedule({ scheduleType: 'cron', cronExpression, basicTiming: undefined })
const basic = (basicTiming: string, lastAt?: Date) =>
  readSchedule({ scheduleType: 'basic', cronExpression: undefined, basicTiming }, lastAt)

it.each([
  ['0 30 4 * * ? UTC', ['30 4 * * *'], 'UTC'],
  ['0 0 6 ? * 2-6 Europe/Berlin', ['0 6 * * 1-5'], 'Europe/Berlin'],
  ['0 0 6 ? * MON,7 UTC', ['0 6 * * MON,6'], 'UTC'],
  ['0 0 6 ? * WED,sat UTC', ['0 6 * * WED,sat'], 'UTC'],
  ['0 0 */6 * * ? *', ['0 */6 * * *'], 'UTC'],
  ['0 0 6 ? * 6#3 UTC', ['0 6 * * 5#3'], 'UTC'],
  // A step that begins at a value goes on to the end of its field.
  ['0 0/30 * * * ?', ['*/30 * * * *'], 'UTC'],
  ['0 5/20 * * * ? UTC', ['5-59/20 * * * *'], 'UTC'],
  ['0 10,15/20 0 * * ? UTC', ['10,15-59/20 0 * * *'], 'UTC'],
  ['0 0 0/6 * * ? UTC', ['0 */6 * * *'], 'UTC'],
  ['0 0 2/6 * * ? UTC', ['0 2-23/6 * * *'], 'UTC'],
  ['0 0 /8 * * ? UTC', ['0 */8 * * *'], 'UTC'],
  ['0 0 12 1/5 * ?', ['0 12 */5 * *'], 'UTC'],
  ['0 0 12 3/5 2/3 ? UTC', ['0 12 3-31/5 2-12/3 *'], 'UTC'],
  ['0 0 12 1 FEB/3 ? UTC', ['0 12 1 FEB-12/3 *'], 'UTC'],
  ['0 0 6 ? * 2/2 UTC', ['0 6 * * 1-6/2'], 'UTC'],
  ['0 0 6 ? * MON/2 UTC', ['0 6 * * MON-6/2'], 'UTC'],
  ['0 0 6 ? * 2-6/2 UTC', ['0 6 * * 1-5/2'], 'UTC'],
  // So does a range that goes around the end.
  ['0 0 22-4 ? * FRI-MON UTC', ['0 22-23,0-4 * * FRI-6,0-MON'], 'UTC'],
  // As a server of ours writes several.
  ['0 0 5 * * ? | 0 0 17 ? * MON UTC', ['0 5 * * *', '0 17 * * MON'], 'UTC'],
])('Quartz %s is cron', (text, expressions, timezone) => {
  expect(cron(text)).toEqual({ text, cron: expressions, timezone })
  expect(nextTicks(expressions, timezone, new Date(), 3)).toHaveLength(3)
})

it.each([
  '*/10 * * * * ? UTC',
  '0 0 6 L * ? UTC',
  '0 0 6 LW * ? UTC',
  '0 0 6 15W * ? UTC',
  '0 0 6 ? * 6L UTC',
  '0 0 6 ? * L UTC',
  '0 0 6 1 1 ? 2027 UTC',
  // What nobody can compute, too.
  '0 0 22-4/2 * * ? UTC',
  '0 0 24 * * ? UTC',
  '0 0 6 30 2 ? UTC',
  '0 0 6 ? * 0 UTC',
  '0 0 6 ? * XYZ UTC',
  '0 0 6 * * ? Nowhere/Land',
])('what cron cannot say of %s is left to people', (text) => {
  expect(cron(text)).toMatchObject({ text, cron: undefined })
})

it('steps are those of Quartz', () => {
  const from = new Date('2026-01-01T00:00:00Z')
  const ticks = (text: string, count: number) =>
    nextTicks(cron(text)?.cron ?? [], 'UTC', from, count).map((at) => at.toISOString().slice(5, 16))
  expect(ticks('0 5/20 * * * ?', 4)).toEqual(['01-01T00:05', '01-01T00:25', '01-01T00:45', '01-01T01:05'])
  expect(ticks('0 0 12 3/10 * ?', 4)).toEqual(['01-03T12:00', '01-13T12:00', '01-23T12:00', '02-03T12:00'])
  // Monday, Wednesday, Friday.
  expect(ticks('0 0 6 ? * 2/2', 4)).toEqual(['01-02T06:00', '01-05T06:00', '01-07T06:00', '01-09T06:00'])
  expect(ticks('0 0 6 ? * FRI-MON', 5)).toEqual([
    '01-02T06:00',
    '01-03T06:00',
    '01-04T06:00',
    '01-05T06:00',
    '01-09T06:00',
  ])
})

it('what is counted from the last sync goes on from there', () => {
  const lastAt = new Date('2026-01-07T09:17:00Z')
  expect(basic('Every 24 HOURS', lastAt)).toEqual({ text: 'every 24 hours', cron: ['17 9 * * *'], timezone: 'UTC' })
  expect(basic('Every 6 HOURS', lastAt)?.cron).toEqual(['17 3,9,15,21 * * *'])
  expect(basic('Every 1 HOURS', lastAt)?.cron).toEqual(['17 * * * *'])
  expect(basic('Every 15 MINUTES', lastAt)?.cron).toEqual(['*/15 * * * *'])
  expect(basic('Every 1 WEEKS', lastAt)?.cron).toEqual(['17 9 * * 3'])
  expect(basic('Every 12 HOURS')?.cron).toEqual(['0 0,12 * * *'])
  expect(basic('Every 5 HOURS')?.cron).toBeUndefined()
  expect(readSchedule({ scheduleType: 'manual', cronExpression: undefined, basicTiming: undefined })).toBeUndefined()
})
