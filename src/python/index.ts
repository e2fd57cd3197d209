/** Values and modules of Python that templates use besides those of Jinja itself: times, time zones, regular expressions. */
export {
  dateTimeModule,
  dateTimeOf,
  findTime,
  PyDateTime,
  PyZone,
  parseTime,
  type TimeParts,
  timeOf,
  utcTime,
  writtenTime,
  zonesModule,
} from './datetime.js'
export { compilePattern, regexModule, replaceMatches, searchGroups } from './regex.js'
export { translatePattern } from './regex-syntax.js'
export { fixedZone, namedZone, offsetOfWall, parseOffset, type TimeZone, utc } from './time-zones.js'
export { PyTimeDelta } from './timedelta.js'
