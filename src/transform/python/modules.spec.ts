import { describe, expect, it } from 'vitest'
import { JinjaEnvironment } from '../../jinja/index.js'
import { pythonModules } from './modules.js'

const environment = new JinjaEnvironment({ globals: { modules: pythonModules } })
const render = (expression: string) =>
  environment.compile({ name: 'x', source: `{% set dt = modules.datetime.datetime %}{{ ${expression} }}` }).renderSync()

// What dbt Core 1.12.6 on Python 3.11 prints.
describe('modules of Python print as Python does', () => {
  it.each([
    ['dt(2024,1,2,3,4,5,123456)', '2024-01-02 03:04:05.123456'],
    ['dt(9999,12,31,23,59,59,999999)', '9999-12-31 23:59:59.999999'],
    ["dt(2024,1,2,3,4,5,7).strftime('%f')", '000007'],
    ["dt.strptime('2024-01-02 03:04:05.123456', '%Y-%m-%d %H:%M:%S.%f').isoformat()", '2024-01-02T03:04:05.123456'],
    ["dt.strptime('2024-01-02T03:04:05+0200', '%Y-%m-%dT%H:%M:%S%z')", '2024-01-02 03:04:05+02:00'],
    ["dt.fromisoformat('2024-01-02T03:04:05.123456')", '2024-01-02 03:04:05.123456'],
    ['dt(2024,1,31) + modules.datetime.timedelta(microseconds=1)', '2024-01-31 00:00:00.000001'],
    ['dt(2024,1,31) - modules.datetime.timedelta(microseconds=1)', '2024-01-30 23:59:59.999999'],
    ['dt(2024,1,1,0,0,0,2) - dt(2024,1,1,0,0,0,1)', '0:00:00.000001'],
    ['modules.datetime.timedelta(days=1, seconds=3, microseconds=5)', '1 day, 0:00:03.000005'],
    ['modules.datetime.timedelta(minutes=1).total_seconds()', '60.0'],
    ['dt(1969,12,31,23,59,59).timestamp() is number', 'True'],
    [
      "modules.pytz.utc.localize(dt(2024,7,2,3,4,5)).astimezone(modules.pytz.timezone('America/New_York'))",
      '2024-07-01 23:04:05-04:00',
    ],
    ["modules.pytz.timezone('Europe/Berlin').localize(dt(2024,1,2,3,4,5))", '2024-01-02 03:04:05+01:00'],
    ["modules.pytz.timezone('Asia/Kolkata').localize(dt(2024,1,2)).strftime('%z')", '+0530'],
    ["modules.re.sub('a', 'b', 'aaa', 1)", 'baa'],
    ["modules.re.sub('(a)', '<\\\\1>', 'ba')", 'b<a>'],
    ["modules.re.sub('(?P<x>A)', '[\\\\g<x>]', 'a$1', flags=modules.re.IGNORECASE)", '[a]$1'],
    ["modules.re.match('b', 'ab') is none", 'True'],
    ["modules.re.compile('(\\\\d)-(\\\\d)').findall('1-2 3-4')", "[('1', '2'), ('3', '4')]"],
    ["modules.re.split(',', 'a,b,c', maxsplit=1)", "['a', 'b,c']"],
  ])('%s', (expression, printed) => {
    expect(render(expression)).toBe(printed)
  })
  it.each([
    ['dt(2024, 13, 1)', 'month must be in 1..12'],
    ['dt(2023, 2, 29)', 'day is out of range for month'],
    ["modules.pytz.timezone('Mars/Olympus')", 'UnknownTimeZoneError'],
  ])('%s is refused', (expression, reason) => {
    expect(() => render(expression)).toThrow(reason)
  })
})
