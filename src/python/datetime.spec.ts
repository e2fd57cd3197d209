import { expect, test } from 'vitest'
import { JinjaEnvironment } from '../jinja/index.js'
import { dateTimeModule } from './index.js'

/** As Python 3.11 answers it. */
test.each([
  ['dt.date(2024, 1, 1) + dt.timedelta(hours=23)', '2024-01-01'],
  ['dt.date(2024, 1, 1) + dt.timedelta(hours=-1)', '2023-12-31'],
  ['dt.date(2024, 1, 1) - dt.timedelta(hours=1)', '2024-01-01'],
  ['dt.date(2024, 1, 1) - dt.timedelta(hours=25)', '2023-12-31'],
  ['dt.date(2024, 1, 1) + dt.timedelta(hours=36) == dt.date(2024, 1, 2)', 'True'],
  ['dt.datetime(2024, 1, 1) + dt.timedelta(hours=23)', '2024-01-01 23:00:00'],
  ['dt.datetime(2024, 1, 2, 3, 4, 5).ctime()', 'Tue Jan  2 03:04:05 2024'],
  ["dt.datetime.fromisoformat('20240131')", '2024-01-31 00:00:00'],
  ["dt.datetime.fromisoformat('20240131T101112')", '2024-01-31 10:11:12'],
  ["dt.date.fromisoformat('2024-W01-1')", '2024-01-01'],
  ["dt.date.fromisoformat('2021W01')", '2021-01-04'],
])('%s', (expression, expected) => {
  const template = new JinjaEnvironment().compile({ name: 'case', source: `{{ ${expression} }}` })
  expect(template.renderSync({ dt: dateTimeModule })).toBe(expected)
})
