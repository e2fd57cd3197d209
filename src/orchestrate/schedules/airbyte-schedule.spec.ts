import { expect, it } from 'vitest'
import { readSchedule } from './airbyte-schedule.js'

const cron = (cronExpression: string) => readSchedule({ scheduleType: 'cron', cronExpression, basicTiming: undefined })
const basic = (basicTiming: string, lastAt?: Date) =>
  readSchedule({ scheduleType: 'basic', cronExpression: undefined, basicTiming }, lastAt)

it.each([
  ['0 30 4 * * ? UTC', ['30 4 * * *'], 'UTC'],
  ['0 0 6 ? * 2-6 Europe/Berlin', ['0 6 * * 1-5'], 'Europe/Berlin'],
  ['0 0 6 ? * MON,7 UTC', ['0 6 * * MON,6'], 'UTC'],
  ['0 0 */6 * * ? *', ['0 */6 * * *'], 'UTC'],
  ['0 0 6 ? * 6#3 UTC', ['0 6 * * 5#3'], 'UTC'],
  // As a server of ours writes several.
  ['0 0 5 * * ? | 0 0 17 ? * MON UTC', ['0 5 * * *', '0 17 * * MON'], 'UTC'],
])('Quartz %s is cron', (text, expressions, timezone) => {
  expect(cron(text)).toEqual({ text, cron: expressions, timezone })
})

it.each(['*/10 * * * * ? UTC', '0 0 6 L * ? UTC', '0 0 6 ? * 6L UTC', '0 0 6 1 1 ? 2027 UTC'])(
  'what cron cannot say of %s is left to people',
  (text) => {
    expect(cron(text)).toMatchObject({ text, cron: undefined })
  },
)

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
