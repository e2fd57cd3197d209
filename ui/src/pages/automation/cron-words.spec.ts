import { describe, expect, it } from 'vitest'
import { cronsWords, cronWords } from './cron-words.js'

describe('cron in words', () => {
  it.each([
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['0 * * * *', 'every hour'],
    ['5 */6 * * *', 'every 6 hours at :05'],
    ['0 5 * * *', 'every day at 05:00'],
    ['30 6,18 * * *', 'every day at 06:30 and 18:30'],
    ['0 5 * * 1', 'every Monday at 05:00'],
    ['0 5 * * 1-5', 'Monday to Friday at 05:00'],
    ['0 5 * * MON,THU', 'every Monday and Thursday at 05:00'],
    ['0 0 1 * *', 'on day 1 of the month at 00:00'],
    ['0 0 1 1,7 *', 'on day 1 of January and July at 00:00'],
    ['0 0 L * *', 'on the last day of the month at 00:00'],
    ['0 8-17 * * *', 'every hour from 08:00 to 17:00'],
    ['*/10 * * * 1-5', 'every 10 minutes, Monday to Friday'],
    ['@daily', 'every day at 00:00'],
  ])('%s', (cron, words) => expect(cronWords(cron)).toBe(words))
  it('of several', () => {
    expect(cronsWords(['0 5 * * *'])).toBe('every day at 05:00')
    expect(cronsWords(['0 5 * * *', '0 17 * * 1-5'])).toBe('every day at 05:00, and Monday to Friday at 17:00')
    expect(cronsWords(['0 5 * * *', 'nonsense'])).toBeUndefined()
  })
  it.each(['0 5 1 * 1', '1-5/2 * * * *', 'nonsense', '0 0 * * 5#2', '0 0 5 * * *'])('says nothing of %s', (cron) =>
    expect(cronWords(cron)).toBeUndefined(),
  )
})
